"""A kernel without web, gateway or real domains: for tests of the write path, the ledger and the bus."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from agora.kernel.app import App
from agora.kernel.bus import Bus
from agora.kernel.clock import Clock, SystemClock
from agora.kernel.config import Config
from agora.kernel.db import Database
from agora.kernel.domain import Domain
from agora.kernel.ids import Snowflakes
from agora.kernel.ledger import Ledger
from agora.kernel.migrate import migrate
from agora.kernel.settings import all_sections
from agora.kernel.sqlite import open_engine


@contextlib.asynccontextmanager
async def open_kernel(folder: Path, domains: Sequence[Domain], instance: int = 0, clock: Clock | None = None) -> AsyncIterator[App]:
    """An app of these domains on a folder; the same folder again is a restart."""
    folder.mkdir(parents=True, exist_ok=True)
    app = App(root=folder, data=folder, domains=domains, roles=frozenset({"web"}))
    app.clock = clock or SystemClock()
    app.config = Config.load(None, {}, {}, all_sections(domains))
    app.ids = Snowflakes(app.clock, instance)
    app.ledger = Ledger(app, domains)
    app.bus = Bus(app, domains)
    engine = open_engine(folder / "agora.db", writable=True)
    migrate(engine, domains)
    engine.dispose()
    app.db = Database(app, folder / "agora.db", app.ledger, app.bus)
    await app.db.start()
    try:
        yield app
    finally:
        await app.db.stop()
