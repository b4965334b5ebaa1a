"""What the machine gave: CPU time stolen from a virtual machine is not a delay of the program that is measured on it.

The kernel counts how long a virtual CPU was ready to run and was not run ("steal", proc(5), /proc/stat). A real-time thread that
only sleeps for a millisecond is late by just as much at such times. So every load test prints the stolen time beside its figures. A
budget is met by all requests; where it is missed, those that met no stolen time are judged instead, and where they are too few,
nothing is judged and a warning says so: such a run tells of the machine alone. A rate is judged in the same way by short stretches:
dividing it by the share that was left would not do, since each request waits for whichever CPU is away.
"""

from __future__ import annotations

import itertools
import os
import time
import warnings
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path

import psutil

from tests.load.table import percentile

_STAT = Path("/proc/stat")
_TICK_MS = 10.0  # USER_HZ is 100 on every Linux
ENOUGH = 0.5
"""Share of the requests that must be left for a judgement of a latency."""
ENOUGH_TIME = 0.2
"""Share of the time that must be left for a judgement of a rate."""


def stolen_ms() -> float:
    """Milliseconds stolen since the machine started, all CPUs together; 0 where the system does not count them."""
    if not _STAT.exists():
        return 0.0
    cpu = _STAT.read_text().splitlines()[0].split()
    return int(cpu[8]) * _TICK_MS if len(cpu) > 8 else 0.0


def waited_ms(pid: int) -> float:
    """Milliseconds for which the threads of a process were ready to run while the CPUs ran other processes (schedstat)."""
    total = 0
    for thread in psutil.Process(pid).threads():
        path = Path(f"/proc/{pid}/task/{thread.id}/schedstat")
        if path.exists():
            total += int(path.read_text().split()[1])
    return total / 1e6


class Watch:
    """Marks moments together with the time stolen until then."""

    def __init__(self) -> None:
        self._at: list[float] = []
        self._stolen: list[float] = []

    def mark(self) -> float:
        """Now, on ``time.perf_counter``."""
        self._stolen.append(stolen_ms())
        self._at.append(time.perf_counter())
        return self._at[-1]

    def share(self) -> float:
        """Part of the machine's CPU time that was stolen between the first mark and the last."""
        given = (self._at[-1] - self._at[0]) * 1000 * (os.cpu_count() or 1)
        return (self._stolen[-1] - self._stolen[0]) / given if given else 0.0

    def stretches(self) -> list[tuple[float, float]]:
        """From each mark to the next: how long, in seconds, and how much was stolen, in milliseconds."""
        marks = list(zip(self._at, self._stolen, strict=True))
        return [(to[0] - of[0], to[1] - of[1]) for of, to in itertools.pairwise(marks)]

    def disturbed(self, window_s: float, limit_ms: float) -> set[int]:
        """Numbers of the marks after which ``limit_ms`` or more were stolen before the first mark that is ``window_s`` later."""
        last = len(self._at) - 1
        ends = (min(last, bisect_left(self._at, at + window_s)) for at in self._at)
        return {n for n, end in enumerate(ends) if self._stolen[end] - self._stolen[n] >= limit_ms}


def find_calm(latencies: Iterable[tuple[int, float]], disturbed: set[int], part: float) -> float:
    """The percentile of those latencies whose number (of a mark) is not ``disturbed``; 0 where none is left."""
    calm = [latency for number, latency in latencies if number not in disturbed]
    return percentile(calm, part) if calm else 0.0


def judge_latency(name: str, all_ms: float, calm_ms: float, calm_share: float, limit_ms: float) -> bool:
    """Whether a latency budget is kept (see the module)."""
    if all_ms <= limit_ms:
        return True
    if calm_share < ENOUGH:
        return _not_judged(name, f"{calm_share:.0%} of the requests met no stolen CPU time")
    return calm_ms <= limit_ms


def judge_rate(name: str, all_rate: float, calm_rate: float, calm_share: float, least: float) -> bool:
    """Whether a throughput budget is kept; ``calm_rate`` is that of the stretches in which no time was stolen."""
    if all_rate >= least:
        return True
    if calm_share < ENOUGH_TIME:
        return _not_judged(name, f"{calm_share:.0%} of the time was without stolen CPU time")
    return calm_rate >= least


def _not_judged(name: str, reason: str) -> bool:
    warnings.warn(f"{name}: the budget was not judged: only {reason} on this machine", stacklevel=3)
    return True
