"""Who is there, and how: kept in memory, made of the gateway's sessions."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Status = Literal["online", "idle", "dnd", "invisible", "offline"]
INTERNAL = "internal"  # the session name of agents, who live in this process


class Shown(msgspec.Struct, frozen=True):
    """What others see of a user."""

    status: str = "offline"
    activities: tuple[dict[str, Any], ...] = ()


OFFLINE = Shown()


class Presences:
    """The wishes of each user's sessions; the newest wish counts, as if set on all of them."""

    def __init__(self) -> None:
        self._wishes: dict[int, dict[str, Shown]] = {}

    def put(self, user_id: int, session: str, wish: Shown) -> bool:
        """A session says how it wants to be seen; true when others see a difference."""
        before = self.shown(user_id)
        wishes = self._wishes.setdefault(user_id, {})
        wishes.pop(session, None)  # the newest comes last
        wishes[session] = wish
        return self.shown(user_id) != before

    def keep(self, user_id: int, session: str) -> bool:
        """A session is there without a wish: it takes over the user's, or is online. True when others see a difference."""
        wishes = self._wishes.setdefault(user_id, {})
        if session in wishes:
            return False
        newest = next(reversed(wishes.values()), Shown("online"))
        return self.put(user_id, session, newest)

    def drop(self, user_id: int, session: str) -> bool:
        """A session is gone; true when others see a difference."""
        before = self.shown(user_id)
        wishes = self._wishes.get(user_id, {})
        wishes.pop(session, None)
        if not wishes:
            self._wishes.pop(user_id, None)
        return self.shown(user_id) != before

    def shown(self, user_id: int) -> Shown:
        """How others see a user."""
        wishes = self._wishes.get(user_id)
        if not wishes:
            return OFFLINE
        newest = next(reversed(wishes.values()))
        return OFFLINE if newest.status in ("invisible", "offline") else newest

    def online(self) -> list[int]:
        """Everybody others see as present."""
        return [user_id for user_id in self._wishes if self.shown(user_id) is not OFFLINE]
