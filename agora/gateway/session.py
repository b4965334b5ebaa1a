"""``Session``: what one client has been told, whether it is connected at the moment or not."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from agora.gateway.journal import Journal
from agora.gateway.limits import QUEUE, RING
from agora.gateway.outgoing import Outgoing
from agora.gateway.ring import Ring

if TYPE_CHECKING:
    from agora.gateway.connection import Connection
    from agora.gateway.flush import Flusher


class Promise:
    """A place in a session's order for dispatches that are still being built (READY, GUILD_CREATE)."""

    __slots__ = ("items",)

    def __init__(self) -> None:
        self.items: Sequence[Outgoing] | None = None


class Session:
    """Numbers dispatches, keeps them for resuming, and passes them to its connection.

    While a ``Promise`` is open, everything after it waits, so that a client never hears of what it has not been introduced to.
    """

    __slots__ = (
        "_flusher",
        "_journal",
        "_waiting",
        "connection",
        "credential_id",
        "detached_at",
        "intents",
        "ring",
        "session_id",
        "shard",
        "slot",
        "stale",
        "user_id",
    )

    def __init__(
        self,
        *,
        session_id: str,
        user_id: int,
        credential_id: int,
        intents: int,
        shard: tuple[int, int],
        journal: Journal,
        flusher: Flusher,
        last: int = 0,
        slot: int | None = None,
    ) -> None:
        self.session_id = session_id
        self.user_id = user_id
        self.credential_id = credential_id
        self.intents = intents
        self.shard = shard
        self.ring = Ring(RING, last)
        self.slot = slot
        self.connection: Connection | None = None
        self.detached_at = 0.0  # on the loop's clock, in seconds
        self.stale = False  # it is of before a restart: what was only whispered may be wrong
        self._journal = journal
        self._flusher = flusher
        self._waiting: deque[Outgoing | Promise] | None = None

    def send(self, name: str, payload: bytes) -> None:
        """Dispatch to this session alone; not replayed after a restart of the server."""
        self.push(Outgoing(name, payload))

    def wants(self, guild_id: int | None) -> bool:
        """Whether a guild (None: direct messages) belongs to this session's shard
        (https://discord.com/developers/docs/events/gateway#sharding).
        """
        shard_id, count = self.shard
        return count == 1 or shard_id == (0 if guild_id is None else (guild_id >> 22) % count)

    def push(self, item: Outgoing) -> None:
        """Next in order."""
        if self._waiting is not None:
            self._waiting.append(item)
        else:
            self._number(item)

    def promise(self) -> Promise:
        """Reserve the next place; ``settle`` fills it. Until then a crash of the server ends the session."""
        promise = Promise()
        if self._waiting is None:
            self._waiting = deque()
            if self.slot is not None:
                self._journal.hold(self.slot, True)
        self._waiting.append(promise)
        return promise

    def settle(self, promise: Promise, items: Sequence[Outgoing]) -> None:
        """Fill a promise; what waited behind it follows, up to the next open promise."""
        promise.items = items
        waiting = self._waiting
        assert waiting is not None
        while waiting:
            head = waiting[0]
            if isinstance(head, Promise):
                if head.items is None:
                    return
                waiting.popleft()
                for item in head.items:
                    self._number(item)
            else:
                waiting.popleft()
                self._number(head)
        self._waiting = None
        if self.slot is not None:
            self._journal.hold(self.slot, False)

    def rebase(self, number: int, items: list[Outgoing]) -> None:
        """Go on from the number the client has seen last, with these dispatches: their old numbers never reached it."""
        self.ring = Ring(RING + len(items), number)  # room for what comes while the client catches up
        if self.slot is not None:
            self._journal.rewind(self.slot, number)
        for item in items:
            self._number(item)

    def _number(self, item: Outgoing) -> None:
        number = self.ring.append(item)
        if self.slot is not None:
            self._journal.note(self.slot, number, item.mark)
        connection = self.connection
        if connection is not None:
            if number - connection.sent > QUEUE + connection.backlog:
                self._flusher.fail(connection)
            else:
                self._flusher.mark(connection)
