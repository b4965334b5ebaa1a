"""``Database``: a pool of read-only connections, and the one writer thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.engine import Connection

from agora.kernel.bus import Bus
from agora.kernel.errors import Unavailable
from agora.kernel.events import Recorded
from agora.kernel.ledger import Ledger
from agora.kernel.settings import DatabaseSettings
from agora.kernel.sqlite import driver, open_engine
from agora.kernel.tx import Tx
from agora.kernel.writer import Unit, Writer

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.ctx import Ctx

T = TypeVar("T")
# A queue this long means the disk no longer keeps up; answering 503 is kinder than growing without bound.
MAX_WAITING = 10_000


class Database:
    """Reads and writes of ``agora.db``. Made and closed by ``agora.app``."""

    def __init__(self, app: App, path: Path, ledger: Ledger, bus: Bus) -> None:
        self.path = path
        self.on_batch: Callable[[list[Unit], float], None] = _ignore
        self._app = app
        self._bus = bus
        self._ledger = ledger
        self._write_engine = open_engine(path, writable=True)
        self._read_engine = open_engine(path, writable=False)
        settings = app.config.get(DatabaseSettings)
        self._readers = ThreadPoolExecutor(settings.readers, thread_name_prefix="agora-reader")
        self._local = threading.local()
        self._connections: list[Connection] = []
        self._writer = Writer(app, self._write_engine, ledger, self._deliver, settings.batch)
        self._open = False

    async def start(self) -> None:
        """Open for business; the schema must be up to date."""
        self._ledger.last_seq = await self.read(self._ledger.find_last_seq)
        self._writer.start()
        self._open = True

    async def stop(self) -> None:
        """Commit what is queued and close all connections."""
        self._open = False
        await self._writer.stop()
        self._readers.shutdown(wait=True)
        for connection in self._connections:
            connection.close()
        self._read_engine.dispose()
        self._write_engine.dispose()

    async def write(self, ctx: Ctx, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Queue ``fn(tx, …)`` for the writer and wait until it is on disk. See ``Ctx.write``."""
        if not self._open:
            raise Unavailable("The server is stopping: try again in a moment.")
        if self._writer.depth() > MAX_WAITING:
            raise Unavailable("Too many writes are waiting: try again in a moment.")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._writer.put(Unit(ctx, fn, args, kwargs, future))
        # A client that goes away cancels its waiting only: the write is done all the same, and ``_deliver`` passes over it.
        return await future

    async def read(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Run ``fn(tx, …)`` on a read-only connection, with one snapshot for all its queries."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, fn, args, kwargs)

    def waiting(self) -> int:
        """How many writes wait for the writer."""
        return self._writer.depth()

    def _read(self, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._read_engine.connect()
            self._connections.append(connection)
        raw = driver(connection)
        raw.execute("BEGIN")
        try:
            return fn(Tx(self._app, connection, None, now_ms=self._app.clock.now_ms()), *args, **kwargs)
        finally:
            raw.execute("COMMIT")

    def _deliver(self, batch: list[Unit], recorded: list[Recorded], seconds: float) -> None:
        """On the loop: publish first, so that caches are fresh when the writers go on, then resolve."""
        self._ledger.publish(recorded, self._bus)
        for unit in batch:
            if unit.future.cancelled():
                continue
            if unit.error is not None:
                unit.future.set_exception(unit.error)
            else:
                unit.future.set_result(unit.result)
        self.on_batch(batch, seconds)


def _ignore(batch: list[Unit], seconds: float) -> None:
    """Until metrics are wired."""
