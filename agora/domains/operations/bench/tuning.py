"""`agora bench inference`: what threads, batch and slots are worth on this machine with this model, and which to set."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from agora.domains.operations.bench.drafts import DraftRate, measure_drafts
from agora.inference.backend import LlamaBackend
from agora.inference.llama import Row
from agora.inference.settings import InferenceSettings

GOOD = 0.95
"""A smaller batch that reads so much of the best rate is preferred: it lets a newcomer in sooner."""
ENOUGH = 0.9
"""Fewer slots that write so much of the best rate together are preferred: each of them writes faster then."""
TOKENS_PER_SLOT = 512
"""Room that a conversation should have."""


class Effort(msgspec.Struct, frozen=True):
    """How much is measured: the sizes tried, and tokens and steps for each."""

    batches: tuple[int, ...] = (32, 64, 128, 256, 512)
    slots: tuple[int, ...] = (1, 2, 4, 8, 16, 32)
    history: int = 512
    steps: int = 12
    rounds: int = 3
    drafted: int = 96


QUICK = Effort(batches=(32, 64), slots=(1, 4), history=64, steps=3, rounds=1, drafted=16)


class Rate(msgspec.Struct, frozen=True):
    """Tokens a second with a number of threads, or with a size."""

    size: int
    tokens_per_s: float


class ThreadRates(msgspec.Struct, frozen=True):
    """Writing four replies at a time with so many threads, on the machine as it is and beside a program that takes a whole core."""

    threads: int
    alone: float
    beside: float

    @property
    def worth(self) -> float:
        """The harmonic mean: a number that is good in one case only is not worth much."""
        return 2 / (1 / self.alone + 1 / self.beside) if self.alone and self.beside else 0.0


class Proposal(msgspec.Struct, frozen=True):
    """Lines for section [inference] of agora.toml."""

    threads: int
    batch: int
    sequences: int
    context: int


class Tuning(msgspec.Struct, frozen=True):
    """All that was measured, and what follows from it."""

    model: str
    threads: tuple[ThreadRates, ...]
    batches: tuple[Rate, ...]
    """Reading a prompt, with the threads proposed."""
    slots: tuple[Rate, ...]
    """Writing that many replies at a time, all together."""
    proposal: Proposal
    drafts: tuple[DraftRate, ...] = ()
    """Writing one text with guesses of a draft model, with the threads proposed."""


def run_tuning(model: Path, cores: int, effort: Effort, tell: Callable[[str], None], draft: Path | None = None) -> Tuning:
    """Measures for a minute or two. Raises ModelRefused."""
    tell(f"{model.stem}: threads …")
    threads = tuple(_measure_threads(model, effort, count) for count in range(1, min(cores, 8) + 1))
    best = max(threads, key=lambda one: one.worth).threads
    with _open(model, best, effort) as meter:
        tell(f"{model.stem}: batch …")
        batches = tuple(Rate(size, meter.read(size)) for size in effort.batches)
        tell(f"{model.stem}: slots …")
        slots = tuple(Rate(count, meter.write(count)) for count in effort.slots)
        longest = meter.longest
    drafts: tuple[DraftRate, ...] = ()
    if draft is not None:
        tell(f"{model.stem}: the draft {draft.stem} …")
        drafts = measure_drafts(model, draft, best, tokens=effort.drafted, rounds=effort.rounds)
    return Tuning(model.stem, threads, batches, slots, propose(best, batches, slots, longest), drafts)


def propose(threads: int, batches: Sequence[Rate], slots: Sequence[Rate], longest: int) -> Proposal:
    """The smallest sizes that are nearly as good as the best. `longest` is the most tokens the model was made for."""
    batch = _find_smallest(batches, GOOD)
    sequences = _find_smallest(slots, ENOUGH)
    context = max(TOKENS_PER_SLOT * sequences, min(longest, 4096))
    return Proposal(threads, batch, sequences, context)


def _find_smallest(rates: Sequence[Rate], part: float) -> int:
    best = max(one.tokens_per_s for one in rates)
    return min(one.size for one in rates if one.tokens_per_s >= part * best)


def _measure_threads(model: Path, effort: Effort, threads: int) -> ThreadRates:
    with _open(model, threads, effort) as meter:
        alone = meter.write(4)
        with _busy_neighbour():
            return ThreadRates(threads, alone, meter.write(4))


@contextmanager
def _busy_neighbour() -> Iterator[None]:
    """Another program that takes a core, as a server with much to do does."""
    child = subprocess.Popen([sys.executable, "-c", "while True: pass"], stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        child.kill()
        child.wait()


@contextmanager
def _open(model: Path, threads: int, effort: Effort) -> Iterator[_Meter]:
    most = max(effort.slots)
    cells = effort.history + most * (effort.steps * effort.rounds + 2) * 2 + max(effort.batches) + 64
    settings = InferenceSettings(context=max(256, cells), threads=threads, batch=max(effort.batches), sequences=most, remembered=1)
    backend = LlamaBackend(model, settings)
    try:
        yield _Meter(backend, effort)
    finally:
        backend.close()


class _Meter:
    """Measures a loaded model. The best of several rounds counts: whatever disturbs makes it slower, never faster."""

    def __init__(self, backend: LlamaBackend, effort: Effort) -> None:
        self._backend, self._effort = backend, effort
        self._token = 100
        self.longest = backend.longest

    def read(self, size: int) -> float:
        """Tokens a second of a prompt in steps of this size."""
        total = max(size, min(256, max(self._effort.batches)))
        best = 0.0
        for _ in range(self._effort.rounds):
            self._backend.clear(0)
            started = time.perf_counter()
            for start in range(0, total, size):
                self._step([Row(0, start, self._make(min(size, total - start)), draw=True)])
            best = max(best, total / (time.perf_counter() - started))
        return best

    def write(self, count: int) -> float:
        """Tokens a second of so many replies together, after a history that they share."""
        self._backend.clear(0)
        self._step([Row(0, 0, self._make(self._effort.history), draw=True)])
        for slot in range(1, count + 1):
            self._backend.share(0, slot, self._effort.history)
        best, at = 0.0, self._effort.history
        for _ in range(self._effort.rounds):
            started = time.perf_counter()
            for _ in range(self._effort.steps):
                self._step([Row(slot, at, self._make(1), draw=True) for slot in range(1, count + 1)])
                at += 1
            best = max(best, count * self._effort.steps / (time.perf_counter() - started))
        for slot in range(count + 1):
            self._backend.clear(slot)
        return best

    def _make(self, size: int) -> list[int]:
        """Tokens that do not repeat soon; which ones costs nothing more or less."""
        self._token = 100 + (self._token + 1) % 89
        return [100 + (self._token + 7 * at) % 89 for at in range(size)]

    def _step(self, rows: list[Row]) -> None:
        status, _ = self._backend.decode(rows)
        if status != 0:
            raise RuntimeError(f"llama_decode returned {status}")
