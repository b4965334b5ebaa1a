"""A circuit breaker for the model: after several failures in a row nothing is asked of it for a while."""

from __future__ import annotations


class Breaker:
    """Closed: all may pass. Open: none until a pause is over. Then one probe passes, whose outcome decides.

    Times are milliseconds and given by the caller. The pause doubles with each failed probe, up to ``longest_ms``.
    """

    def __init__(self, threshold: int = 5, pause_ms: int = 15_000, longest_ms: int = 600_000) -> None:
        self._threshold = threshold
        self._first_pause_ms = pause_ms
        self._longest_ms = longest_ms
        self._pause_ms = pause_ms
        self._failures = 0
        self._open_until: int | None = None
        self._probing = False

    def room(self, now: int) -> int | None:
        """How many may begin now: None without limit, 0 while open, 1 for the probe."""
        if self._open_until is None:
            return None
        return 0 if self._probing or now < self._open_until else 1

    def begin(self) -> None:
        """One was let through."""
        if self._open_until is not None:
            self._probing = True

    def leave(self) -> None:
        """One ended without saying anything about the model (it was cancelled)."""
        self._probing = False

    def succeed(self) -> None:
        """The model answered: close."""
        self._failures = 0
        self._open_until = None
        self._probing = False
        self._pause_ms = self._first_pause_ms

    def fail(self, now: int) -> None:
        """The model failed: count, open at the threshold, or open for longer after a probe."""
        self._failures += 1
        if self._probing:
            self._pause_ms = min(self._longest_ms, self._pause_ms * 2)
        elif self._failures < self._threshold:
            return
        self._probing = False
        self._open_until = now + self._pause_ms

    @property
    def is_open(self) -> bool:
        """Whether the model is being spared."""
        return self._open_until is not None
