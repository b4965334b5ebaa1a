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
CUSTOM = 4  # Discord's number of the activity that is a custom status


class Custom(msgspec.Struct, frozen=True):
    """A few words of one's own. Times in UTC milliseconds; ``expires_at`` None: it stays."""

    text: str | None = None
    emoji: str | None = None
    set_at: int = 0
    expires_at: int | None = None


class Kept(msgspec.Struct, frozen=True):
    """How somebody wishes to be seen on every device, until they say otherwise."""

    status: str = "online"
    custom: Custom | None = None


NOTHING_KEPT = Kept()


class Presences:
    """The wishes of each user's sessions; the newest wish counts, as if set on all of them. Above them stands what is kept."""

    def __init__(self) -> None:
        self._wishes: dict[int, dict[str, Shown]] = {}
        self._kept: dict[int, Kept] = {}

    def kept(self, user_id: int) -> Kept:
        """How somebody wishes to be seen, whether they are here or not."""
        return self._kept.get(user_id, NOTHING_KEPT)

    def adopt(self, user_id: int, kept: Kept, *, status: bool) -> bool:
        """Somebody wishes to be seen like this, with ``status`` on all devices at once. True when others see a difference."""
        before = self.shown(user_id)
        self._kept[user_id] = kept
        if status and user_id in self._wishes:
            self._wishes[user_id] = {name: Shown(kept.status, wish.activities) for name, wish in self._wishes[user_id].items()}
        return self.shown(user_id) != before

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
        newest = next(reversed(wishes.values()), Shown(self.kept(user_id).status))
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
        if newest.status in ("invisible", "offline"):
            return OFFLINE
        custom = self.kept(user_id).custom
        if custom is None:
            return newest
        others = (each for each in newest.activities if each.get("type") != CUSTOM)
        return Shown(newest.status, (_activity(custom), *others))

    def online(self) -> list[int]:
        """Everybody others see as present."""
        return [user_id for user_id in self._wishes if self.shown(user_id) is not OFFLINE]


def _activity(custom: Custom) -> dict[str, Any]:
    """A custom status as Discord's clients see it."""
    built: dict[str, Any] = {"id": "custom", "name": "Custom Status", "type": CUSTOM, "created_at": custom.set_at}
    if custom.text:
        built["state"] = custom.text
    if custom.emoji:
        built["emoji"] = {"name": custom.emoji}
    return built
