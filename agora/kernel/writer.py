"""The writer thread: the only place that changes the database, with group commit.

It takes everything that queued up while the last batch was being synced to disk, runs it in one transaction, syncs once,
and hands results and events to the loop in one crossing. There is no timer: the batch is what arrived meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from agora.kernel.errors import AgoraError, Unavailable
from agora.kernel.events import Recorded
from agora.kernel.sqlite import driver
from agora.kernel.tx import Tx

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.ctx import Ctx
    from agora.kernel.ledger import Ledger

log = logging.getLogger(__name__)


class Unit:
    """One write: the function, its arguments, and the future that waits for it."""

    __slots__ = ("args", "ctx", "error", "fn", "future", "kwargs", "result", "tx")

    def __init__(
        self,
        ctx: Ctx,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        future: asyncio.Future[Any],
    ) -> None:
        self.ctx = ctx
        self.fn = fn
        self.args = args
        self.kwargs = kwargs
        self.future = future
        self.tx: Tx | None = None
        self.result: Any = None
        self.error: BaseException | None = None


Deliver = Callable[[list[Unit], list[Recorded], float], None]


class Writer:
    """Owns the one writing connection. ``deliver`` is called on the loop with finished units and their events, in order."""

    def __init__(self, app: App, engine: Engine, ledger: Ledger, deliver: Deliver, max_batch: int) -> None:
        self._max_batch = max_batch
        self._app = app
        self._engine = engine
        self._ledger = ledger
        self._deliver = deliver
        self._queue: queue.SimpleQueue[Unit | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="agora-writer", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Start the thread; call it on the event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def put(self, unit: Unit) -> None:
        """Queue one write."""
        self._queue.put(unit)

    def depth(self) -> int:
        """How many writes wait."""
        return self._queue.qsize()

    async def stop(self) -> None:
        """Finish what is queued, then end the thread."""
        self._queue.put(None)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)

    def _run(self) -> None:
        with self._engine.connect() as connection:
            while self._step(connection):
                pass

    def _step(self, connection: Connection) -> bool:
        first = self._queue.get()
        if first is None:
            return False
        batch, go_on = [first], True
        while len(batch) < self._max_batch:
            try:
                unit = self._queue.get_nowait()
            except queue.Empty:
                break
            if unit is None:
                go_on = False
                break
            batch.append(unit)
        started = time.perf_counter()
        recorded = self._commit(connection, batch)
        self._post(batch, recorded, time.perf_counter() - started)
        return go_on

    def _post(self, batch: list[Unit], recorded: list[Recorded], seconds: float) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(self._deliver, batch, recorded, seconds)
        except RuntimeError:
            log.warning("the event loop closed before %d writes were answered", len(batch))

    def _commit(self, connection: Connection, batch: list[Unit]) -> list[Recorded]:
        """Try the whole batch at once; if one unit fails, start again with a savepoint around each.

        A write function may therefore run twice; it must change nothing but the database.
        """
        try:
            return self._transaction(connection, batch, guarded=False)
        except Exception as error:
            _rollback(connection)
            if len(batch) == 1:
                batch[0].error = _readable(error)
                return []
        try:
            return self._transaction(connection, batch, guarded=True)
        except Exception as error:
            _rollback(connection)
            for unit in batch:
                unit.error = unit.error or _readable(error)
            return []

    def _transaction(self, connection: Connection, batch: list[Unit], *, guarded: bool) -> list[Recorded]:
        raw = driver(connection)
        raw.execute("BEGIN IMMEDIATE")
        recorded: list[Recorded] = []
        for unit in batch:
            if guarded:
                raw.execute("SAVEPOINT unit")
                try:
                    events = self._run_unit(connection, unit)
                except Exception as error:
                    raw.execute("ROLLBACK TO unit")
                    unit.error = _readable(error)
                    events = []
                raw.execute("RELEASE unit")
            else:
                events = self._run_unit(connection, unit)
            recorded += events
        raw.execute("COMMIT")
        return recorded

    def _run_unit(self, connection: Connection, unit: Unit) -> list[Recorded]:
        tx = Tx(self._app, connection, unit.ctx, now_ms=self._app.clock.now_ms())
        unit.result = unit.fn(tx, *unit.args, **unit.kwargs)
        return self._ledger.do_append(tx)


def _rollback(connection: Connection) -> None:
    raw = driver(connection)
    if raw.in_transaction:
        raw.execute("ROLLBACK")


def _readable(error: Exception) -> Exception:
    """A full disk or a lock held by another program, as something the caller can show; all else as it is."""
    if isinstance(error, AgoraError):
        return error
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.OperationalError):
        text = str(cause)
        if "full" in text or "disk I/O" in text:
            return Unavailable("The disk is full: nothing was saved. Free some space and try again.")
        if "locked" in text or "readonly" in text:
            return Unavailable(f"The database cannot be written ({text}): close other programs that use it and try again.")
    return error
