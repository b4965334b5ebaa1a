"""How many answers are being written for each user."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator

from agora.kernel.errors import RateLimited


class Desk:
    """Seats per user; a restart frees all."""

    def __init__(self, seats: int) -> None:
        """``seats`` for each user."""
        self._seats = seats
        self._taken: Counter[int] = Counter()

    @contextlib.contextmanager
    def seat(self, user_id: int) -> Iterator[None]:
        """A seat while the block runs. Raises RateLimited when the user has none left."""
        if self._taken[user_id] >= self._seats:
            raise RateLimited(1.0)
        self._taken[user_id] += 1
        try:
            yield
        finally:
            self._taken[user_id] -= 1
            if not self._taken[user_id]:
                del self._taken[user_id]

    def count(self) -> int:
        """Answers being written now."""
        return self._taken.total()
