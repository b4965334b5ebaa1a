"""Guessing passwords gets slower and slower: per login name and per address, kept in memory (a restart forgives)."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import msgspec

from agora.kernel.errors import RateLimited

if TYPE_CHECKING:
    from agora.kernel.clock import Clock


class Rule(msgspec.Struct, frozen=True):
    """So many failures are ``free``; each further one doubles the wait, from one second up to the longest."""

    free: int
    longest_ms: int


BY_LOGIN = Rule(4, 15 * 60_000)
# Everybody behind one proxy shares an address: it slows a guesser down but must not lock the others out.
BY_ADDRESS = Rule(20, 30_000)
# After this long without a failure, all is forgotten.
MEMORY_MS = 60 * 60_000
MAX_ENTRIES = 20_000


class Failures(msgspec.Struct):
    """Failed tries of one login or address; times in UTC milliseconds."""

    count: int = 0
    last_ms: int = 0
    until_ms: int = 0


class Throttle:
    """Counts failed sign-ins and tells how long to wait."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, Failures] = OrderedDict()

    def check(self, login: str, address: str) -> None:
        """Raises RateLimited while the login or the address has to wait."""
        now = self._clock.now_ms()
        wait = max((self._wait(key, now) for key in _keys(login, address)), default=0)
        if wait > 0:
            raise RateLimited(wait / 1000)

    def fail(self, login: str, address: str) -> None:
        """Note a failed try."""
        now = self._clock.now_ms()
        for key, rule in _keys(login, address).items():
            failures = self._failures.get(key)
            if failures is None or now - failures.last_ms > MEMORY_MS:
                failures = self._failures[key] = Failures()
            self._failures.move_to_end(key)
            failures.count += 1
            failures.last_ms = now
            if failures.count > rule.free:
                failures.until_ms = now + min(1000 << min(failures.count - rule.free - 1, 20), rule.longest_ms)
        while len(self._failures) > MAX_ENTRIES:
            self._failures.popitem(last=False)

    def succeed(self, login: str) -> None:
        """The right password forgives the login; the address stays counted, or one good account would free a guesser."""
        self._failures.pop(f"login:{login}", None)

    def _wait(self, key: str, now: int) -> int:
        failures = self._failures.get(key)
        return 0 if failures is None else failures.until_ms - now


def _keys(login: str, address: str) -> dict[str, Rule]:
    keys = {f"login:{login}": BY_LOGIN}
    if address:
        keys[f"address:{address}"] = BY_ADDRESS
    return keys
