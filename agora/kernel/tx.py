"""``Tx``: one transaction (or one read), synchronous, with the events it will publish after the commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection, CursorResult
from sqlalchemy.sql.base import Executable

from agora.kernel.events import Audience, Event
from agora.kernel.sql import Prepared

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.ctx import Ctx


class Emission:
    """An event waiting for its transaction's commit."""

    __slots__ = ("audience", "channel_id", "event", "guild_id")

    def __init__(self, event: Event, audience: Audience, guild_id: int | None, channel_id: int | None) -> None:
        self.event = event
        self.audience = audience
        self.guild_id = guild_id
        self.channel_id = channel_id


class Tx:
    """What ``do_*`` and ``find_*`` functions get as their first argument.

    Statements are SQLAlchemy Core (``execute``), or ``Prepared`` for the hot paths (``run``: no SQLAlchemy work per call).
    """

    def __init__(self, app: App, connection: Connection, ctx: Ctx | None, *, now_ms: int) -> None:
        self.app = app
        self.connection = connection
        self.now_ms = now_ms
        self.emissions: list[Emission] = []
        self._ctx = ctx

    @property
    def ctx(self) -> Ctx:
        """Who writes. Reads have none."""
        if self._ctx is None:
            raise RuntimeError("a read has no ctx: pass what the query needs as arguments")
        return self._ctx

    def new_id(self) -> int:
        """A snowflake."""
        return self.app.ids.next()

    def execute(
        self, statement: Executable, params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Run a Core statement."""
        if params is None:
            return self.connection.execute(statement)
        return self.connection.execute(statement, params)

    def run(self, prepared: Prepared, **params: Any) -> int:
        """Run a prepared INSERT, UPDATE or DELETE; returns the number of rows it changed."""
        return prepared.run(self.connection, params)

    def rows(self, prepared: Prepared, **params: Any) -> list[Any]:
        """All rows of a prepared SELECT, as named tuples."""
        return prepared.rows(self.connection, params)

    def row(self, prepared: Prepared, **params: Any) -> Any | None:
        """The first row of a prepared SELECT, or None."""
        return prepared.row(self.connection, params)

    def emit(self, event: Event, audience: Audience, *, guild_id: int | None = None, channel_id: int | None = None) -> None:
        """Record a fact in the ledger within this transaction and publish it after the commit."""
        self.emissions.append(Emission(event, audience, guild_id, channel_id))
