"""``Users``: everybody in memory, so that names and pictures never cost a query."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from agora.domains.place.accounts.model import User
from agora.domains.place.accounts.names import name_key


class Users:
    """All accounts. Filled at start; kept fresh by live listeners on the event loop."""

    def __init__(self, users: Iterable[User] = ()) -> None:
        self._by_id: dict[int, User] = {}
        self._by_name: dict[str, int] = {}
        for user in users:
            self.put(user)

    def get(self, user_id: int) -> User | None:
        """An account, or None."""
        return self._by_id.get(user_id)

    def by_name(self, username: str) -> User | None:
        """Who has this name, whatever its capitals."""
        user_id = self._by_name.get(name_key(username))
        return None if user_id is None else self._by_id.get(user_id)

    def all(self) -> Collection[User]:
        """Everybody. Do not keep it: it changes."""
        return self._by_id.values()

    def owner(self) -> User | None:
        """The first owner of this server."""
        return next((user for user in self._by_id.values() if user.owner), None)

    def put(self, user: User) -> None:
        """Add or change an account."""
        before = self._by_id.get(user.id)
        if before is not None:
            self._by_name.pop(name_key(before.username), None)
        self._by_id[user.id] = user
        self._by_name[name_key(user.username)] = user.id
