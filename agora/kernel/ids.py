"""Snowflakes: 64-bit ids that sort by time (https://discord.com/developers/docs/reference#snowflakes).

42 bits of milliseconds since Discord's epoch (2015-01-01), 10 bits of instance, 12 bits of sequence.
"""

import threading

from agora.kernel.clock import Clock

EPOCH_MS = 1_420_070_400_000
MAX_SNOWFLAKE = (1 << 63) - 1  # what an SQLite INTEGER holds


class Snowflakes:
    """Makes ids, unique and growing within one instance; safe from any thread.

    If the clock goes back, or 4,096 ids fall into one millisecond, it goes on from the last
    millisecond it used, so that ids never repeat and never shrink.
    """

    def __init__(self, clock: Clock, instance: int = 0) -> None:
        if not 0 <= instance < 1024:
            raise ValueError("instance must be from 0 to 1023")
        self._clock = clock
        self.instance = instance
        self._last_ms = 0
        self._sequence = 0
        self._lock = threading.Lock()

    def next(self) -> int:
        """One new id."""
        with self._lock:
            ms = max(self._clock.now_ms() - EPOCH_MS, self._last_ms)
            if ms == self._last_ms:
                self._sequence = (self._sequence + 1) & 0xFFF
                if self._sequence == 0:
                    ms += 1
            else:
                self._sequence = 0
            self._last_ms = ms
            return (ms << 22) | (self.instance << 12) | self._sequence


def created_ms(snowflake: int) -> int:
    """When the id was made, in UTC milliseconds."""
    return (snowflake >> 22) + EPOCH_MS


def first_at(ms: int) -> int:
    """The smallest id of a millisecond: for paging by date."""
    return max(ms - EPOCH_MS, 0) << 22


Id = str | int
"""An id in a request: digits as text, or a number as some of Discord's clients (discord.py among them) send it."""


def parse(text: Id) -> int | None:
    """An id from the wire, or None when it is not a snowflake (digits only, 63 bits)."""
    if isinstance(text, int):
        return text if 0 <= text <= MAX_SNOWFLAKE else None
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    value = int(text)
    return value if value <= MAX_SNOWFLAKE else None
