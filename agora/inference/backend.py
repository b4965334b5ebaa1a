"""What the worker thread needs of a model, and llama.cpp behind it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from agora.inference.adapters import Adapter
from agora.inference.chat_template import render_messages
from agora.inference.drafting import MOST_DRAFTED, MOST_TEXTS, LlamaDraft
from agora.inference.errors import BadRequestToModel, ModelRefused
from agora.inference.llama import LlamaMemory, LlamaModel, Row
from agora.inference.ports import GenerationRequest, Segment
from agora.inference.sampling import Drawer, build_drawer
from agora.inference.settings import InferenceSettings, find_threads


class Backend(Protocol):
    """A loaded model with memory for several sequences. Only `encode` may be called beside the worker thread."""

    cells: int
    """Tokens that fit in memory together."""
    longest: int
    """Most tokens of one sequence."""
    divisible: bool
    """Whether memory can be shared and cut in part."""

    def describe(self) -> str:
        """The model in one line."""

    def encode(self, request: GenerationRequest) -> list[int]:
        """The prompt's tokens."""

    def decode(self, rows: Sequence[Row]) -> tuple[int, list[int]]:
        """See LlamaMemory.decode."""

    def share(self, source: int, target: int, length: int) -> bool:
        """See LlamaMemory.share."""

    def clear(self, slot: int) -> None:
        """Forgets a sequence."""

    def set_threads(self, threads: int) -> None:
        """Compute threads from the next step on."""

    def save(self, slot: int) -> bytes:
        """See LlamaMemory.save."""

    def restore(self, slot: int, data: bytes, length: int) -> bool:
        """See LlamaMemory.restore."""

    def open_drawer(self, request: GenerationRequest, seed: int, prompt: Sequence[int]) -> Drawer:
        """Draws the request's tokens; `prompt` is what `encode` gave for it. Raises BadRequestToModel."""

    def piece(self, token: int) -> bytes:
        """Bytes of a token."""

    def is_end(self, token: int) -> bool:
        """Whether the token ends the answer."""

    def abort(self) -> None:
        """Cuts a running `decode` short; callable from any thread."""

    def close(self) -> None:
        """Frees everything."""


class LlamaBackend:
    """A GGUF file in llama.cpp."""

    def __init__(self, path: Path, settings: InferenceSettings, adapters: Sequence[Adapter] = ()) -> None:
        """Loads the file and lays the LoRA adapters over it. Raises ModelRefused."""
        self._model = LlamaModel(path, gpu_layers=settings.gpu_layers)
        try:
            self._memory = LlamaMemory(
                self._model,
                cells=settings.context,
                slots=settings.sequences + settings.remembered,
                batch=settings.batch,
                threads=find_threads(settings),
                cache_type=settings.cache_type,
                exact=settings.exact or settings.deterministic,
                drafts=MOST_TEXTS * (MOST_DRAFTED + 1) if settings.draft else 0,
            )
            self._memory.lay_over(adapters)
        except Exception:
            self._model.close()
            raise
        self.cells = self._memory.cells
        trained = self._model.trained_context
        self.longest = min(self.cells, trained) if trained > 0 else self.cells
        self.divisible = self._model.divisible
        self._ends = {token for token in range(self._model.vocabulary_size) if self._model.is_end(token)}
        self.decode = self._memory.decode
        self.share = self._memory.share
        self.clear = self._memory.clear
        self.set_threads = self._memory.set_threads
        self.save, self.restore = self._memory.save, self._memory.restore
        self.piece = self._model.piece
        self.abort = self._memory.abort

    def describe(self) -> str:
        return self._model.describe()

    def encode(self, request: GenerationRequest) -> list[int]:
        """Tokens as given, or of the segments, or of the messages through the model's template."""
        if request.tokens:
            if not all(0 <= token < self._model.vocabulary_size for token in request.tokens):
                raise BadRequestToModel(f"Token ids of this model go from 0 to {self._model.vocabulary_size - 1}.")
            return list(request.tokens)
        if request.messages:
            model = self._model
            segments = render_messages(model.template, request.messages, beginning=model.beginning_text, end=model.end_text)
        else:
            segments = request.prompt
        return self._encode_segments(segments)

    def is_end(self, token: int) -> bool:
        return token in self._ends

    def open_drawer(self, request: GenerationRequest, seed: int, prompt: Sequence[int]) -> Drawer:
        return build_drawer(self._model, self._memory, request.sampler, seed, request.grammar, prompt)

    def open_draft(self, path: Path, settings: InferenceSettings) -> LlamaDraft:
        """A second model that guesses for this one. Raises ModelRefused."""
        if not self.divisible:
            raise ModelRefused("This model takes no draft: the memory of its kind cannot be taken back by a token.")
        return LlamaDraft(path, settings, self._model)

    def close(self) -> None:
        self._memory.close()
        self._model.close()

    def _encode_segments(self, segments: Sequence[Segment]) -> list[int]:
        """Neighbours of one kind are joined first, so that a word is never cut by a border that is not in the text."""
        joined: list[Segment] = []
        for segment in segments:
            if joined and joined[-1].control == segment.control:
                joined[-1] = Segment(joined[-1].text + segment.text, segment.control)
            else:
                joined.append(segment)
        tokens: list[int] = []
        for index, segment in enumerate(joined):
            written = self._model.beginning_text
            has_beginning = segment.control and bool(written) and segment.text.startswith(written)
            beginning = index == 0 and not has_beginning
            tokens += self._model.tokenize(segment.text, beginning=beginning, control=segment.control)
        return tokens
