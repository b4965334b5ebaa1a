"""``Ring``: the last dispatches of one session by number: both the queue to the socket and the memory to resume from."""

from __future__ import annotations

from agora.gateway.outgoing import Outgoing


class Ring:
    """Numbers go up by one. Holds the newest ``capacity`` dispatches; memory grows only as it fills.

    ``last`` is the newest number given; ``floor`` the newest one that is no longer (or never was) held.
    """

    __slots__ = ("_capacity", "_items", "_origin", "floor", "last")

    def __init__(self, capacity: int, last: int = 0) -> None:
        self._capacity = capacity
        self._origin = last
        self._items: list[Outgoing] = []
        self.floor = last
        self.last = last

    def append(self, item: Outgoing) -> int:
        """Give the next number; the oldest dispatch falls out when the ring is full."""
        if len(self._items) < self._capacity:
            self._items.append(item)
        else:
            self._items[(self.last - self._origin) % self._capacity] = item
            self.floor += 1
        self.last += 1
        return self.last

    def since(self, number: int, limit: int | None = None) -> list[Outgoing] | None:
        """What came after ``number``, oldest first, at most ``limit``; None when some of it is not held."""
        if not self.floor <= number <= self.last:
            return None
        upto = self.last if limit is None else min(self.last, number + limit)
        start = (number - self._origin) % self._capacity
        count = upto - number
        found = self._items[start : start + count]
        if len(found) < count:
            found += self._items[: count - len(found)]
        return found
