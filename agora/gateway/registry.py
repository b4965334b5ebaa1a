"""``Registry``: all sessions, by id and by user; turns an audience into sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agora.gateway.ports import Visibility
from agora.gateway.session import Session
from agora.kernel.events import Audience, Reach


class Registry:
    """Sessions with and without a connection: both are told, so that the latter can resume."""

    def __init__(self, visibility: Visibility) -> None:
        self._visibility = visibility
        self._by_id: dict[str, Session] = {}
        self._by_user: dict[int, set[Session]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, session: Session) -> None:
        """From now on the session is told what its user may know."""
        self._by_id[session.session_id] = session
        self._by_user.setdefault(session.user_id, set()).add(session)

    def remove(self, session: Session) -> None:
        """The session is over."""
        if self._by_id.pop(session.session_id, None) is None:
            return
        mine = self._by_user[session.user_id]
        mine.discard(session)
        if not mine:
            del self._by_user[session.user_id]

    def find(self, session_id: str) -> Session | None:
        """A session by its id."""
        return self._by_id.get(session_id)

    def of(self, user_id: int) -> Iterable[Session]:
        """A user's sessions."""
        return self._by_user.get(user_id, ())

    def users(self) -> Iterable[int]:
        """All users with a session."""
        return self._by_user.keys()

    def all(self) -> list[Session]:
        """All sessions."""
        return list(self._by_id.values())

    def receivers(self, audience: Audience) -> Iterator[Session]:
        """The sessions of everybody in the audience, each once."""
        users = self._users(audience)
        by_user = self._by_user
        if len(users) > len(by_user):
            for user_id, sessions in by_user.items():
                if user_id in users:
                    yield from sessions
        else:
            for user_id in users:
                found = by_user.get(user_id)
                if found is not None:
                    yield from found

    def _users(self, audience: Audience) -> frozenset[int]:
        match audience.reach:
            case Reach.CHANNEL:
                users = self._visibility.viewers(audience.id)
            case Reach.GUILD:
                users = self._visibility.members(audience.id)
            case Reach.USERS:
                users = frozenset(audience.users)
            case Reach.ALL:
                users = frozenset(self._by_user)
            case Reach.NOBODY:
                users = frozenset()
        return users.union(audience.also) if audience.also else users
