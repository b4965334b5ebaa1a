"""One request on its way through the worker: what is evaluated, what waits, what was written, and when."""

import hashlib
from array import array
from collections.abc import Sequence

from agora.inference.llama import Row
from agora.inference.ports import Delta, Finish, GenerationRequest, Receipt
from agora.inference.sampling import Drawer
from agora.inference.textstream import TextStream


def hash_prompt(tokens: Sequence[int]) -> str:
    """SHA-256 over 32-bit little-endian token ids, hexadecimal."""
    ids = array("i", tokens)
    return hashlib.sha256(ids.tobytes()).hexdigest()


class Job:
    """Owned by the worker thread once submitted. Times are seconds of the monotonic clock."""

    def __init__(self, request: GenerationRequest, prompt: list[int], seed: int, order: int, arrived: float) -> None:
        """`order` counts arrivals; the prompt has at least one token."""
        self.request, self.prompt, self.seed, self.order = request, prompt, seed, order
        self.limit = request.max_tokens
        self.slot: int | None = None
        self.drawer: Drawer | None = None
        self.stream = TextStream(request.stop)
        self.pending: list[int] = []
        self.evaluated = 0
        self.reused = 0
        self.generated = 0
        self.unsent = ""
        self.unsent_tokens = 0
        self._arrived, self._seated_at, self._first_at = arrived, 0.0, 0.0

    @property
    def writing(self) -> bool:
        """Whether the prompt is done."""
        return self.generated > 0

    def sit_down(self, reused: int, now: float) -> None:
        """The job got a sequence that already holds `reused` tokens of its prompt."""
        self.reused = self.evaluated = reused
        self.pending = self.prompt[reused:]
        self._seated_at = now

    def next_row(self, tokens: int) -> Row:
        """Its part of a step; drawn from when nothing is left pending after it."""
        if self.slot is None:
            raise RuntimeError("a job without a sequence was planned")
        return Row(self.slot, self.evaluated, self.pending[:tokens], tokens == len(self.pending))

    def take_row(self, row: Row) -> None:
        """The row was evaluated."""
        self.evaluated += len(row.tokens)
        self.pending = self.pending[len(row.tokens) :]

    def draw(self, place: int, now: float) -> int:
        """The next token. Raises GenerationFailed when the grammar allows none."""
        if self.drawer is None:
            raise RuntimeError("a job without a sampler was drawn from")
        token = self.drawer.draw(place)
        if not self.generated:
            self._first_at = now
        self.generated += 1
        self.unsent_tokens += 1
        return token

    def note(self, text: str) -> None:
        """Text that goes out with the next delta."""
        self.unsent += text

    def take_delta(self) -> Delta:
        """What was written since the last delta."""
        delta = Delta(request_id=self.request.id, text=self.unsent, tokens=self.unsent_tokens)
        self.unsent, self.unsent_tokens = "", 0
        return delta

    def build_receipt(self, finish: Finish, model: str, model_hash: str, now: float) -> Receipt:
        """The account of the whole request."""
        seated_at = self._seated_at or now
        first_at = self._first_at or now
        writing = now - first_at
        return Receipt(
            request_id=self.request.id,
            model=model,
            model_hash=model_hash,
            prompt_hash=hash_prompt(self.prompt),
            seed=self.seed,
            sampler=self.request.sampler,
            finish=finish,
            prompt_tokens=len(self.prompt),
            tokens_reused=self.reused,
            tokens_evaluated=max(0, min(self.evaluated, len(self.prompt)) - self.reused),
            tokens_generated=self.generated,
            queued_ms=round((seated_at - self._arrived) * 1000, 3),
            ttft_ms=round((first_at - self._arrived) * 1000, 3),
            total_ms=round((now - self._arrived) * 1000, 3),
            tokens_per_s=round((self.generated - 1) / writing, 1) if writing > 0 and self.generated > 1 else 0.0,
        )
