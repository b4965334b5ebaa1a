"""``Sight``: which channels each user's clients have been told of, and what changes when permissions do."""

from __future__ import annotations

from collections.abc import Iterable

from agora.gateway.ports import Visibility

NOTHING: frozenset[int] = frozenset()
# Dispatches after which a client knows a channel or thread more.
COMES = frozenset({"CHANNEL_CREATE", "THREAD_CREATE"})
# Most members of a guild see the same channels: equal sets are kept once, for about this many different ones.
SHARED = 1024


class Sight:
    """Per user and guild, the ids of the channels and open threads the clients know. Only users with a session are kept.

    A thread that was archived or opened since may be wrong here: then it is told once too often, never too seldom.
    """

    def __init__(self, visibility: Visibility) -> None:
        self._visibility = visibility
        self._known: dict[int, dict[int, frozenset[int]]] = {}
        self._shared: dict[frozenset[int], frozenset[int]] = {}

    def meet(self, user_id: int) -> None:
        """The user's first session begins: READY will tell all there is to see."""
        if user_id not in self._known:
            self._known[user_id] = {g: self._seen(g, user_id) for g in self._visibility.guilds_of(user_id)}

    def leave(self, user_id: int) -> None:
        """The user's last session is over."""
        self._known.pop(user_id, None)

    def enter(self, user_id: int, guild_id: int) -> None:
        """A GUILD_CREATE will tell all there is to see in this guild."""
        known = self._known.get(user_id)
        if known is not None:
            known[guild_id] = self._seen(guild_id, user_id)

    def told(self, name: str, user_id: int, guild_id: int | None, channel_id: int | None) -> None:
        """A dispatch that adds or removes a channel, or a guild, went to the user."""
        known = self._known.get(user_id)
        if known is None or guild_id is None:
            return
        if name == "GUILD_DELETE":
            known.pop(guild_id, None)
        elif channel_id is not None:
            before = known.get(guild_id, NOTHING)
            known[guild_id] = before | {channel_id} if name in COMES else before - {channel_id}

    def compare(self, user_ids: Iterable[int], guild_id: int) -> list[tuple[int, frozenset[int], frozenset[int]]]:
        """Each user whose sight of the guild changed, with the channels gained and lost."""
        changes = []
        for user_id in user_ids:
            known = self._known.get(user_id)
            if known is None or guild_id not in known:
                continue
            now = self._seen(guild_id, user_id)
            before = known[guild_id]
            if now != before:
                known[guild_id] = now
                changes.append((user_id, now - before, before - now))
        return changes

    def _seen(self, guild_id: int, user_id: int) -> frozenset[int]:
        sight = self._visibility
        seen = frozenset(c.id for c in (*sight.visible_in(guild_id, user_id), *sight.threads_in(guild_id, user_id)))
        if len(self._shared) > SHARED:
            self._shared.clear()
        return self._shared.setdefault(seen, seen)
