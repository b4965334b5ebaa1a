"""What a draft model is worth here: one text at a time, written without it, and with it at each length of guesses."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from agora.inference.backend import LlamaBackend
from agora.inference.draft_length import LENGTHS
from agora.inference.drafting import Ask
from agora.inference.llama import Row
from agora.inference.ports import GenerationRequest, Sampler
from agora.inference.settings import InferenceSettings


class DraftRate(msgspec.Struct, frozen=True):
    """Tokens a second with so many tokens guessed ahead (0: without a draft), and the share of them that were right."""

    length: int
    temperature: float
    tokens_per_s: float
    right: float


def measure_drafts(model: Path, draft: Path, threads: int, *, tokens: int = 96, rounds: int = 2) -> tuple[DraftRate, ...]:
    """The best of some rounds counts. Raises ModelRefused when the draft does not fit the model."""
    settings = InferenceSettings(context=4096, threads=threads, sequences=1, remembered=1, draft=str(draft))
    backend = LlamaBackend(model, settings)
    try:
        guessing = backend.open_draft(draft, settings)
        try:
            writer = _Writer(backend, guessing.propose, tokens)
            return tuple(
                max((writer.write(length, temperature) for _ in range(rounds)), key=lambda rate: rate.tokens_per_s)
                for temperature in (0.0, 0.7)
                for length in sorted(LENGTHS)
            )
        finally:
            guessing.close()
    finally:
        backend.close()


class _Writer:
    """Writes a text as the engine's worker does when it is alone with it."""

    def __init__(self, backend: LlamaBackend, propose: Callable[[Sequence[Ask]], list[list[int]]], tokens: int) -> None:
        self._backend, self._propose, self._size = backend, propose, tokens
        self._written = 0

    def write(self, length: int, temperature: float) -> DraftRate:
        """One text, after a short prompt; its reading does not count."""
        self._written += 1
        self._backend.clear(0)
        request = GenerationRequest(prompt=(), sampler=Sampler(temperature=temperature))
        text = array("i", (100 + (at * 7) % 89 for at in range(64)))
        drawer = self._backend.open_drawer(request, 7, text)
        place = self._step(Row(0, 0, text.tolist(), draw=True))
        text.append(drawer.draw(place))
        key, drafted, right = str(self._written), 0, 0
        if length:
            self._propose([Ask(key, text, length)])  # the draft reads the prompt
        began, first = time.perf_counter(), len(text)
        while len(text) < first + self._size:
            guesses = self._propose([Ask(key, text, length)])[0] if length else []
            start = len(text) - 1
            place = self._step(Row(0, start, [text[-1], *guesses], True, len(guesses)))
            drafted += len(guesses)
            for at in range(len(guesses) + 1):
                text.append(drawer.draw(place - len(guesses) + at))
                if at == len(guesses) or guesses[at] != text[-1]:
                    break
                right += 1
            self._backend.share(0, 0, len(text) - 1)
        took = time.perf_counter() - began
        drawer.close()
        return DraftRate(length, temperature, (len(text) - first) / took, right / drafted if drafted else 0.0)

    def _step(self, row: Row) -> int:
        status, places = self._backend.decode([row])
        if status != 0:
            raise RuntimeError(f"llama_decode returned {status}")
        return places[0]
