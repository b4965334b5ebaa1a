"""Durable listeners: one task each, a cursor in the database, retries with backoff, then parking and an alarm.

Delivery is at least once. A listener that only changes the database returns a function of ``tx``: it runs in the same
write as the cursor's move, which makes its effect exactly once. Outside effects use ``event.id`` as idempotency key.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert

from agora.kernel.ctx import system
from agora.kernel.events import Event, Recorded
from agora.kernel.sql import prepare
from agora.kernel.tables import ledger_cursor, ledger_parked

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.domain import Durable, Effect
    from agora.kernel.tx import Tx

log = logging.getLogger(__name__)
MAX_TRIES = 6
FIRST_BACKOFF_S = 0.2
# How far a cursor may lag behind events that are not for this listener, before it is moved without cause.
LAZY_STEPS = 512
# After a batch a listener rests so long, in seconds: on a busy server the next one is larger, and has one write for many events.
GATHER_S = 0.03
_INSERT = insert(ledger_cursor).values(name=bindparam("name"), seq=bindparam("seq"), failures=0)
_MOVE = prepare(
    _INSERT.on_conflict_do_update(index_elements=["name"], set_={"seq": _INSERT.excluded.seq, "failures": 0, "error": None})
)


class Runner:
    """Runs one durable listener."""

    def __init__(self, app: App, listener: Durable) -> None:
        self._app = app
        self._listener = listener
        self._poke = asyncio.Event()
        self._stored = 0
        self._position = 0
        self._idle = asyncio.Event()
        self._error: Exception | None = None
        self._wants: dict[type[Event], bool] = {}

    def wants(self, kind: type[Event]) -> bool:
        """Whether it listens to events of this type."""
        answer = self._wants.get(kind)
        if answer is None:
            answer = self._wants[kind] = issubclass(kind, self._listener.events)
        return answer

    def poke(self) -> None:
        """There may be something new."""
        self._idle.clear()
        self._poke.set()

    def pass_by(self, first: int, last: int) -> None:
        """The new events from ``first`` to ``last`` are none of this listener's: one that waits goes on waiting, behind them.

        It has to look where they do not follow what it knows (another process wrote in between), and now and then to move its
        cursor in the database.
        """
        if not self._idle.is_set() or self._poke.is_set():
            return
        if first == self._position + 1 and last - self._stored < LAZY_STEPS:
            self._position = last
        else:
            self.poke()

    async def caught_up(self) -> None:
        """Wait until everything published so far has been taken."""
        await self._idle.wait()

    async def run(self) -> None:
        """Read, handle, move on; for ever."""
        await self._find_start()
        while True:
            self._poke.clear()
            batch = await self._app.ledger.read(self._position, self._listener.batch)
            if batch:
                await self._take(batch)
                if self._position >= self._app.ledger.last_seq:
                    self._idle.set()  # nobody who waits for it has to wait for its rest too
                await asyncio.sleep(GATHER_S)
                continue
            self._idle.set()
            await self._poke.wait()

    async def _find_start(self) -> None:
        stored = await self._app.db.read(find_cursor, self._listener.name)
        if stored is None:
            # A new listener starts with what happens from now on; rebuilding the past is its own job.
            stored = self._app.ledger.last_seq
            await system(self._app).write(do_move, self._listener.name, stored, None)
        self._stored = self._position = stored

    async def _take(self, batch: Sequence[Recorded]) -> None:
        mine = [r for r in batch if self.wants(type(r.event))]
        last = batch[-1].seq
        if mine:
            await self._handle(mine, last)
        elif last - self._stored >= LAZY_STEPS:
            await system(self._app).write(do_move, self._listener.name, last, None)
            self._stored = last
        self._position = last

    async def _handle(self, mine: list[Recorded], last: int) -> None:
        """The whole batch at once; if it keeps failing, one by one, so that only the poisoned event is parked."""
        if await self._try(mine, last, tries=2):
            return
        for event in mine:
            if not await self._try([event], event.seq, tries=MAX_TRIES):
                await self._park(event)
        await system(self._app).write(do_move, self._listener.name, last, None)
        self._stored = last

    async def _try(self, events: list[Recorded], move_to: int, tries: int) -> bool:
        backoff = FIRST_BACKOFF_S
        for attempt in range(tries):
            if attempt:
                await asyncio.sleep(backoff)
                backoff *= 2
            try:
                effect = await self._listener.fn(system(self._app), events)
                await system(self._app).write(do_move, self._listener.name, move_to, effect)
                self._stored = move_to
                return True
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self._error = error
                log.warning("durable listener %s failed (try %d): %r", self._listener.name, attempt + 1, error)
        return False

    async def _park(self, event: Recorded) -> None:
        log.error("durable listener %s parked event %d after %d tries", self._listener.name, event.seq, MAX_TRIES)
        await system(self._app).write(do_park, self._listener.name, event.seq, repr(self._error))


class Durables:
    """All durable listeners of a server."""

    def __init__(self, app: App) -> None:
        from agora.kernel.domain import Durable

        self._runners = [Runner(app, d) for domain in app.domains for d in domain.listeners if isinstance(d, Durable)]
        self._app = app

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run them while the block runs."""
        tasks = [asyncio.create_task(runner.run()) for runner in self._runners]
        self._app.bus.on_events(self._on_events)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def caught_up(self) -> None:
        """Wait until all listeners have taken everything published so far."""
        for runner in self._runners:
            await runner.caught_up()

    def _on_events(self, recorded: Sequence[Recorded]) -> None:
        kinds = {type(each.event) for each in recorded}
        for runner in self._runners:
            if any(map(runner.wants, kinds)):
                runner.poke()
            else:
                runner.pass_by(recorded[0].seq, recorded[-1].seq)


def find_cursor(tx: Tx, name: str) -> int | None:
    """Where a listener stands; None before its first run."""
    return tx.execute(select(ledger_cursor.c.seq).where(ledger_cursor.c.name == name)).scalar()


def do_move(tx: Tx, name: str, seq: int, effect: Effect | None) -> None:
    """Apply the listener's effect and move its cursor, together."""
    if effect is not None:
        effect(tx)
    tx.run(_MOVE, name=name, seq=seq)


def do_park(tx: Tx, name: str, seq: int, error: str) -> None:
    """Remember an event that could not be taken, with the reason."""
    statement = insert(ledger_parked).values(listener=name, seq=seq, at=tx.now_ms, error=error)
    tx.execute(statement.on_conflict_do_nothing())
