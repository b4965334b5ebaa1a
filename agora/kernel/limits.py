"""Rate limits per bucket, with Discord's headers (https://discord.com/developers/docs/topics/rate-limits)."""

from __future__ import annotations

import time
from collections import OrderedDict

import msgspec

from agora.kernel.http import Bucket

# One window per caller and bucket; the oldest go when there are more, so memory stays bounded.
MAX_WINDOWS = 50_000


class LimitSettings(msgspec.Struct, frozen=True):
    """``[security]``: whether callers are limited. Off only for load tests on one's own machine."""

    rate_limits: bool = True


class Window(msgspec.Struct):
    """The calls of one caller in one bucket; ``ends`` is in monotonic seconds."""

    ends: float
    left: int


class Verdict(msgspec.Struct, frozen=True):
    """Whether a call may go on, and the headers that say how many are left. ``retry_after`` is in seconds."""

    allowed: bool
    retry_after: float
    headers: dict[str, str]


class Limits:
    """Fixed windows, kept in memory: a restart forgives."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._windows: OrderedDict[tuple[str, str, str], Window] = OrderedDict()

    def take(self, bucket: Bucket, caller: str, by: str) -> Verdict | None:
        """Count one call; None when limits are off."""
        if not self._enabled:
            return None
        now = time.monotonic()
        key = (bucket.name, caller, by)
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            window = Window(now + bucket.per_s, bucket.limit)
            self._windows[key] = window
            self._windows.move_to_end(key)
            if len(self._windows) > MAX_WINDOWS:
                self._windows.popitem(last=False)
        allowed = window.left > 0
        if allowed:
            window.left -= 1
        return Verdict(allowed, window.ends - now, _headers(bucket, window, now))


def _headers(bucket: Bucket, window: Window, now: float) -> dict[str, str]:
    after = window.ends - now
    return {
        "X-RateLimit-Limit": str(bucket.limit),
        "X-RateLimit-Remaining": str(window.left),
        "X-RateLimit-Reset": f"{time.time() + after:.3f}",
        "X-RateLimit-Reset-After": f"{after:.3f}",
        "X-RateLimit-Bucket": bucket.name,
    }
