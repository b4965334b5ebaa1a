"""A small model that guesses what a large one will write next, so that the large one only has to check.

Speculative decoding (Leviathan, Kalman, Matias, "Fast inference from transformers via speculative decoding", ICML 2023) with a
draft that proposes its likeliest token, q(x) = 1. Their rule then accepts x with the chance p(x) that the large model gives it,
and otherwise draws from p without x. Drawing from p as always and comparing does just that: no text becomes more or less likely,
whatever sampler, penalties or grammar shape p. Since not a draw more is made, the same seed also gives the same text as without.
"""

import logging
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from agora.inference.errors import ModelRefused
from agora.inference.llama import LlamaMemory, LlamaModel, Row
from agora.inference.prefix import count_common
from agora.inference.settings import InferenceSettings, find_threads

log = logging.getLogger(__name__)

MOST_TEXTS = 2
"""Texts that are drafted at a time; with more, the large model reads its weights for many tokens anyway."""
MOST_DRAFTED = 8
WINDOW = 512
"""The draft reads so much of the end of a prompt: more would cost more than it brings for a short answer."""
CATCH_UP = 128
"""Tokens that it reads in one step at most, so that the step does not take long."""
MOST_PADDING = 128
"""Vocabularies of one family differ by so many unused tokens at their end (as llama.cpp allows)."""


class Ask(msgspec.Struct, frozen=True):
    """All tokens of a text so far, and how many more are of use."""

    key: str
    tokens: "array[int]"
    most: int


class Draft(Protocol):
    """What the worker needs of a draft model; only for its thread, but for `abort`."""

    name: str

    def propose(self, asks: Sequence[Ask]) -> list[list[int]]:
        """For each text the tokens that may follow; none while it has not read enough."""

    def set_threads(self, threads: int) -> None:
        """Compute threads from the next step on."""

    def abort(self) -> None:
        """Cuts `propose` short; callable from any thread."""

    def close(self) -> None:
        """Frees everything."""


class LlamaDraft:
    """A second GGUF file beside a loaded model."""

    def __init__(self, path: Path, settings: InferenceSettings, target: LlamaModel) -> None:
        """Raises ModelRefused for a file that cannot guess for this model."""
        self.name = path.stem
        self._model = LlamaModel(path, gpu_layers=settings.gpu_layers)
        try:
            check_vocabulary(self.name, self._model, target)
            if not self._model.divisible:
                raise ModelRefused(f"{path.name} cannot draft: the memory of its kind of model cannot be taken back by a token.")
            longest = min(self._model.trained_context or 2 * WINDOW, 4 * WINDOW)
            self._memory = LlamaMemory(
                self._model, cells=MOST_TEXTS * longest, slots=MOST_TEXTS, batch=2 * CATCH_UP, threads=find_threads(settings)
            )
        except Exception:
            self._model.close()
            raise
        self._longest = longest
        self._limit = min(self._model.vocabulary_size, target.vocabulary_size)
        self._slots: dict[str, _Text] = {}
        self.set_threads, self.abort = self._memory.set_threads, self._memory.abort

    def propose(self, asks: Sequence[Ask]) -> list[list[int]]:
        """One token of all texts in each round, the first rounds reading what is new."""
        texts = [self._find(ask) for ask in asks]
        drafts: list[list[int]] = [[] for _ in asks]
        pending = [text.follow(ask.tokens, self._memory) for ask, text in zip(asks, texts, strict=True)]
        rows = [
            (at, new[:CATCH_UP], len(new) <= CATCH_UP)
            for at, new in enumerate(pending)
            if len(texts[at].held) + len(new) < self._longest
        ]
        while rows:
            status, places = self._memory.decode(
                [Row(texts[at].slot, len(texts[at].held), tokens, draw) for at, tokens, draw in rows]
            )
            if status != 0:
                log.debug("the draft model returned %d", status)
                for text in texts:
                    text.forget(self._memory)
                return [[] for _ in asks]
            for at, tokens, _ in rows:
                texts[at].held.extend(tokens)
            rows = self._list_next(asks, texts, drafts, rows, places)
        return drafts

    def close(self) -> None:
        """Frees everything."""
        self._memory.close()
        self._model.close()

    def _list_next(
        self,
        asks: Sequence[Ask],
        texts: Sequence["_Text"],
        drafts: list[list[int]],
        rows: Sequence[tuple[int, list[int], bool]],
        places: Sequence[int],
    ) -> list[tuple[int, list[int], bool]]:
        """Notes the likeliest token of each text; those that go on."""
        going = []
        for (at, _, drawn), place in zip(rows, places, strict=True):
            if not drawn:
                continue
            token = self._find_likeliest(place)
            if token >= self._limit:
                continue
            drafts[at].append(token)
            if len(drafts[at]) < asks[at].most and not self._model.is_end(token) and len(texts[at].held) + 1 < self._longest:
                going.append((at, [token], True))
        return going

    def _find_likeliest(self, place: int) -> int:
        import numpy as np

        return int(np.ctypeslib.as_array(self._memory.logits(place), (self._model.vocabulary_size,)).argmax())

    def _find(self, ask: Ask) -> "_Text":
        known = self._slots.pop(ask.key, None)
        if known is None:
            used = {text.slot for text in self._slots.values()}
            free = next((slot for slot in range(MOST_TEXTS) if slot not in used), None)
            if free is None:
                free = self._slots.pop(next(iter(self._slots))).slot  # the one asked for longest ago
            self._memory.clear(free)
            known = _Text(free, max(0, len(ask.tokens) - WINDOW))
        self._slots[ask.key] = known
        return known


class _Text:
    """What the draft holds of one text: its tokens from `start` on."""

    def __init__(self, slot: int, start: int) -> None:
        self.slot, self.start = slot, start
        self.held = array("i")

    def follow(self, tokens: "array[int]", memory: LlamaMemory) -> list[int]:
        """Takes back what was guessed wrongly; returns what is still to be read, at least the last token."""
        wanted = tokens[self.start :]
        common = min(count_common(self.held, wanted), len(wanted) - 1)
        if common < len(self.held):
            if memory.share(self.slot, self.slot, common):
                self.held = self.held[:common]
            else:
                self.held = array("i")
        return wanted[len(self.held) :].tolist()

    def forget(self, memory: LlamaMemory) -> None:
        """Begins anew."""
        memory.clear(self.slot)
        self.held = array("i")


def check_draft(path: Path, target: Path) -> None:
    """Raises ModelRefused when one file cannot draft for the other; only their vocabularies are loaded."""
    model = LlamaModel(target, vocabulary_only=True)
    try:
        draft = LlamaModel(path, vocabulary_only=True)
        try:
            check_vocabulary(path.stem, draft, model)
        finally:
            draft.close()
    finally:
        model.close()


def check_vocabulary(name: str, draft: LlamaModel, target: LlamaModel) -> None:
    """Raises ModelRefused unless a token means the same in both."""
    lib, sizes = target.library, (draft.vocabulary_size, target.vocabulary_size)
    both = (draft.vocabulary, target.vocabulary)
    problem = ""
    if lib.llama_vocab_type(both[0]) != lib.llama_vocab_type(both[1]):
        problem = "its tokenizer is of another kind"
    elif abs(sizes[0] - sizes[1]) > MOST_PADDING:
        problem = f"its vocabulary has {sizes[0]} tokens, the model's {sizes[1]}"
    elif (differs := next((t for t in range(min(sizes)) if _read(lib, both[0], t) != _read(lib, both[1], t)), None)) is not None:
        words = [_read(lib, vocabulary, differs).decode("utf-8", "replace") for vocabulary in both]
        problem = f"token {differs} is {words[0]!r} there and {words[1]!r} in the model"
    elif any(draft.is_end(token) != target.is_end(token) for token in range(min(sizes))):
        problem = "other tokens end an answer"
    if problem:
        raise ModelRefused(f"{name} cannot draft for this model: {problem}. A draft needs the same vocabulary.")


def _read(library: Any, vocabulary: Any, token: int) -> bytes:
    found: bytes | None = library.llama_vocab_get_text(vocabulary, token)
    return found or b""
