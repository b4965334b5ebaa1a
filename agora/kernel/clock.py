"""Time: UTC milliseconds since 1970 everywhere inside; the page turns them into local time."""

import time
from datetime import UTC, datetime
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
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="microseconds")
