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

    def __init__(self, request: GenerationRequest, prompt: Sequence[int], seed: int, order: int, arrived: float) -> None:
        """`order` counts arrivals; the prompt has at least one token."""
        self.request, self.seed, self.order = request, seed, order
        self.tokens = array("i", prompt)
        """The prompt and what was drawn since: all that has to be evaluated before the next draw."""
        self.prompt_size = len(self.tokens)
        self.limit = request.max_tokens
        self.urgency = int(request.priority)
        """Its class, or a better one while a request of that class waits for the beginning that both share."""
        self.awaited = 0
        """Up to where a more urgent request waits for this prompt; 0 when none does."""
        self.kept: int | None = None
        """How many of its tokens are worth keeping when it ends; None: all."""
        self.slot: int | None = None
        self.drawer: Drawer | None = None
        self.stream = TextStream(request.stop)
        self.pending: list[int] = []
        self.evaluated = 0
        self.reused = 0
        self.repeated = 0
        self.generated = 0
        self.drafted = self.accepted = 0
        self.unsent = ""
        self.unsent_tokens = 0
        self._reached = 0
        self._arrived, self._seated_at, self._first_at = arrived, 0.0, 0.0

    @property
    def writing(self) -> bool:
        """Whether one token is all that is missing for the next draw, as it is once the prompt is done."""
        return self.generated > 0 and len(self.pending) == 1

    @property
    def longest(self) -> int:
        """Tokens of the prompt with the longest answer."""
        return self.prompt_size + self.limit

    @property
    def ready(self) -> int:
        """How many of its pending tokens may go into a step: those that somebody waits for come alone."""
        if self.evaluated < self.awaited:
            return min(len(self.pending), self.awaited - self.evaluated)
        return len(self.pending)

    def sit_down(self, slot: int, reused: int, now: float) -> None:
        """The job got a sequence that already holds `reused` of its tokens."""
        self.slot = slot
        self.evaluated = reused
        self.pending = self.tokens[reused:].tolist()
        if reused > self._reached:
            self.reused += min(reused, self.prompt_size) - min(self._reached, self.prompt_size)
            self._reached = reused
        self._seated_at = self._seated_at or now

    def stand_up(self) -> None:
        """The sequence is given back; everything pending is in `tokens`."""
        self.slot, self.pending, self.awaited = None, [], 0

    def next_row(self, tokens: int, drafted: Sequence[int] = ()) -> Row:
        """Its part of a step, with what a draft guesses to follow; drawn from when nothing is left pending after it."""
        if self.slot is None:
            raise RuntimeError("a job without a sequence was planned")
        draw = tokens == len(self.pending)
        return Row(self.slot, self.evaluated, [*self.pending[:tokens], *drafted], draw, len(drafted))

    def take_row(self, row: Row) -> None:
        """The row was evaluated; of guesses it is not known yet whether they count."""
        own = len(row.tokens) - row.drafted
        self.drafted += row.drafted
        self.repeated += max(0, min(self._reached, self.evaluated + own) - self.evaluated)
        self.evaluated += own
        self._reached = max(self._reached, self.evaluated)
        self.pending = self.pending[own:]

    def accept(self) -> None:
        """The token that follows was guessed, and so is evaluated already."""
        self.accepted += 1
        self.evaluated += 1
        self._reached = max(self._reached, self.evaluated)
        self.pending = []

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

    def follow(self, token: int) -> None:
        """The drawn token is part of the text; it is evaluated next."""
        self.tokens.append(token)
        self.pending = [token]

    def note(self, text: str) -> None:
        """Text that goes out with the next delta."""
        self.unsent += text

    def take_delta(self) -> Delta:
        """What was written since the last delta."""
        delta = Delta(request_id=self.request.id, text=self.unsent, tokens=self.unsent_tokens)
        self.unsent, self.unsent_tokens = "", 0
        return delta

    def build_receipt(self, finish: Finish, model: str, model_hash: str, now: float, *, deterministic: bool = False) -> Receipt:
        """The account of the whole request."""
        seated_at = self._seated_at or now
        first_at = self._first_at or now
        writing = now - first_at
        return Receipt(
            request_id=self.request.id,
            model=model,
            model_hash=model_hash,
            prompt_hash=hash_prompt(self.tokens[: self.prompt_size]),
            seed=self.seed,
            sampler=self.request.sampler,
            finish=finish,
            prompt_tokens=self.prompt_size,
            tokens_reused=self.reused,
            tokens_evaluated=max(0, min(self._reached, self.prompt_size) - self.reused),
            deterministic=deterministic,
            tokens_repeated=self.repeated,
            tokens_generated=self.generated,
            tokens_drafted=self.drafted,
            tokens_accepted=self.accepted,
            queued_ms=round((seated_at - self._arrived) * 1000, 3),
            ttft_ms=round((first_at - self._arrived) * 1000, 3),
            total_ms=round((now - self._arrived) * 1000, 3),
            tokens_per_s=round((self.generated - 1) / writing, 1) if writing > 0 and self.generated > 1 else 0.0,
        )
