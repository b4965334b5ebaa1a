"""The ledger: every event in the order it was committed; outbox, replay and analytics source in one table."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import bindparam, func, insert, select

from agora.kernel.events import Audience, Cause, Event, Recorded
from agora.kernel.ledger_pack import Unpacker
from agora.kernel.sql import prepare
from agora.kernel.tables import ledger_event as e

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.bus import Bus
    from agora.kernel.domain import Domain
    from agora.kernel.tx import Tx

_COLUMNS = ("id", "type", "at", "actor_id", "guild_id", "channel_id", "cause", "depth", "audience", "body")
_INSERT = prepare(insert(e).values({name: bindparam(name) for name in _COLUMNS}).returning(e.c.seq))
_AFTER = prepare(select(e).where(e.c.seq > bindparam("after")).order_by(e.c.seq).limit(bindparam("limit")))
_FOREIGN = prepare(
    select(e)
    .where(e.c.seq > bindparam("after"), e.c.id.op(">>")(12).op("&")(1023) != bindparam("instance"))
    .order_by(e.c.seq)
    .limit(1000)
)
_AUDIENCE = msgspec.json.Decoder(Audience)
# Recent events stay in memory, so that listeners that keep up never read them back from disk.
TAIL = 2_048


def type_name(domain: str, event: type[Event]) -> str:
    """The name in the ledger: ``messages.MessageSent``."""
    return f"{domain}.{event.__name__}"


class Ledger:
    """Appends within a transaction, reads by position. ``last_seq`` is the newest position published in this process."""

    def __init__(self, app: App, domains: Iterable[Domain]) -> None:
        self._app = app
        self.last_seq = 0
        self._names: dict[type[Event], str] = {}
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {}
        self._unpacker = Unpacker()
        self._tail: deque[Recorded] = deque(maxlen=TAIL)
        for domain in domains:
            for event in domain.events:
                name = type_name(domain.name, event)
                self._names[event] = name
                self._decoders[name] = msgspec.json.Decoder(event)

    def name_of(self, event: type[Event]) -> str:
        """The ledger's name of an event type. Raises KeyError when no domain declares it."""
        return self._names[event]

    def do_append(self, tx: Tx) -> list[Recorded]:
        """Write the transaction's emissions; returns them as recorded. Called by the writer alone."""
        recorded = []
        actor_id = tx.ctx.actor.user_id or None
        cause = tx.ctx.cause
        for emission in tx.emissions:
            event_id = self._app.ids.next()
            name = self._names[type(emission.event)]
            row = tx.row(
                _INSERT,
                id=event_id,
                type=name,
                at=tx.now_ms,
                actor_id=actor_id,
                guild_id=emission.guild_id,
                channel_id=emission.channel_id,
                cause=cause.event_id if cause else None,
                depth=cause.depth if cause else 0,
                audience=msgspec.json.encode(emission.audience),
                body=msgspec.json.encode(emission.event),
            )
            assert row is not None
            recorded.append(
                Recorded(
                    row[0],
                    event_id,
                    name,
                    tx.now_ms,
                    actor_id,
                    emission.guild_id,
                    emission.channel_id,
                    cause,
                    emission.audience,
                    emission.event,
                )
            )
        return recorded

    def publish(self, recorded: Sequence[Recorded], bus: Bus) -> None:
        """On the loop, after the commit. Also used for events that another process wrote."""
        if not recorded:
            return
        if recorded[0].seq != self.last_seq + 1:
            self._tail.clear()  # another process wrote in between: the tail may have no holes
        self._tail.extend(recorded)
        self.last_seq = max(self.last_seq, recorded[-1].seq)
        bus.publish(recorded)

    def list_foreign(self, tx: Tx, after_seq: int) -> list[Recorded]:
        """Events after a position that another process wrote (a command line beside the server), told by the id's instance bits."""
        rows = tx.rows(_FOREIGN, after=after_seq, instance=self._app.ids.instance)
        return [self._decode(tx, row) for row in rows if row.type in self._decoders]

    async def read(self, after_seq: int, limit: int) -> list[Recorded]:
        """Events after a position, oldest first, of all types that this version knows."""
        if self._tail and self._tail[0].seq <= after_seq + 1:
            return self._from_tail(after_seq, limit)
        return await self._app.db.read(self.list_after, after_seq, limit)

    def list_after(self, tx: Tx, after_seq: int, limit: int) -> list[Recorded]:
        """``read`` for use inside a transaction."""
        return [self._decode(tx, row) for row in tx.rows(_AFTER, after=after_seq, limit=limit) if row.type in self._decoders]

    def find_last_seq(self, tx: Tx) -> int:
        """The newest position on disk; 0 when the ledger is empty."""
        return int(tx.execute(select(func.coalesce(func.max(e.c.seq), 0))).scalar_one())

    def _from_tail(self, after_seq: int, limit: int) -> list[Recorded]:
        found = []
        for event in reversed(self._tail):
            if event.seq <= after_seq:
                break
            found.append(event)
        found.reverse()
        return found[:limit]

    def _decode(self, tx: Tx, row: Any) -> Recorded:
        cause = Cause(row.cause, row.depth) if row.cause is not None else None
        return Recorded(
            row.seq,
            row.id,
            row.type,
            row.at,
            row.actor_id,
            row.guild_id,
            row.channel_id,
            cause,
            _AUDIENCE.decode(row.audience),
            self._decoders[row.type].decode(self._unpacker.read(tx, row.body)),
        )
