"""How many compute threads the engine uses while other programs and the server come and go.

A thread too many costs more than one too few: llama.cpp's threads wait for each other at every operation, so one that is not
given a core holds up all others.
"""

import math
import os
import time

import msgspec

SAMPLE_SECONDS = 2.0
"""Between two looks at the machine."""

FEWEST_SEATS = 2
"""One of them is kept for people."""

STEPS_JUDGED = 4
"""Steps that are looked at together, so that one slow one changes nothing."""

COMFORT = 0.7
"""So far below the limit steps must be before there is one seat more."""

RESERVE = 0.5
"""Cores kept for the server itself."""


class Times(msgspec.Struct, frozen=True):
    """Seconds since some beginning: on the wall, of all cores that were busy together, of this process among them."""

    wall: float
    busy: float
    own: float


def list_cores() -> list[int]:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def read_times() -> Times:
    """The times now, of the cores that this process may use."""
    import psutil

    every = psutil.cpu_times(percpu=True)
    cores = [every[number] for number in list_cores() if number < len(every)]
    busy = sum(sum(core) - core.idle - getattr(core, "iowait", 0.0) for core in cores)
    own = psutil.Process().cpu_times()
    return Times(time.monotonic(), busy, own.user + own.system)


class SeatGovernor:
    """How many texts are written at a time while steps take too long: each one more makes all of them slower.

    On a machine that does nothing else the limit is never reached. Where it is, chatter gets fewer seats, a few at a time;
    they come back one by one. Nobody loses a seat by it, and a person always finds one.
    """

    def __init__(self, most: int, longest_s: float) -> None:
        """`most` seats at most, which is also where it begins; a step of texts alone should take `longest_s` at most."""
        self._most, self._longest = most, longest_s
        self._seconds, self._steps = 0.0, 0
        self.seats = most

    def record(self, writers: int, seconds: float) -> int:
        """A step evaluated one token of each of so many texts and nothing else. Returns the seats from now on."""
        self._steps += 1
        self._seconds = seconds if self._steps == 1 else 0.8 * self._seconds + 0.2 * seconds
        if self._steps < STEPS_JUDGED or writers + 1 < self.seats:  # the last seat is kept for people
            return self.seats
        if self._seconds > self._longest and self.seats > FEWEST_SEATS:
            self._set(max(FEWEST_SEATS, self.seats - max(1, self.seats // 8)))
        elif self._seconds * (writers + 1) / writers < COMFORT * self._longest and self.seats < self._most:
            self._set(self.seats + 1)
        return self.seats

    def _set(self, seats: int) -> None:
        """What was measured was with another number of texts."""
        self.seats, self._steps = seats, 0


class ThreadGovernor:
    """From what others take of the machine to a number of threads. Pure: it is told the times."""

    def __init__(self, cores: int, most: int) -> None:
        """`most` threads at most, which is also where it begins."""
        self._cores, self._most = cores, max(1, most)
        self._last: Times | None = None
        self._wanted = self._most
        self.threads = self._most

    def look(self, now: Times) -> int:
        """The threads to use from now on. They change when two looks in a row agree, so that one busy moment changes nothing."""
        before, self._last = self._last, now
        if before is None or now.wall <= before.wall:
            return self.threads
        others = max(0.0, (now.busy - before.busy) - (now.own - before.own)) / (now.wall - before.wall)
        wanted = min(self._most, max(1, math.floor(self._cores - others - RESERVE + 0.1)))
        if wanted == self._wanted:
            self.threads = wanted
        self._wanted = wanted
        return self.threads
