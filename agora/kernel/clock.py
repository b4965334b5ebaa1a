"""Time: UTC milliseconds since 1970 everywhere inside; the page turns them into local time."""

import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol


class Clock(Protocol):
    """What tells the time; tests give a frozen one."""

    def now_ms(self) -> int:
        """UTC milliseconds since 1970."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


class FrozenClock:
    """A clock that moves only when told; for tests."""

    def __init__(self, at_ms: int = 1_750_000_000_000) -> None:
        self.at_ms = at_ms

    def now_ms(self) -> int:
        return self.at_ms

    def advance(self, ms: int) -> None:
        """Move forward by ``ms`` milliseconds."""
        self.at_ms += ms


def iso(ms: int) -> str:
    """ISO 8601 with microseconds and ``+00:00``, the form of Discord's timestamps."""
    second, rest = divmod(ms, 1000)
    return f"{_second(second)}.{rest:03d}000+00:00"


@lru_cache(maxsize=4096)
def _second(second: int) -> str:
    """Messages of one second, and everybody's dates of joining, share the long part."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
