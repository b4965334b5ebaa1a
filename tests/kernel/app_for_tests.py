"""An ``App`` with a real database in a temporary folder and only the domains a test gives."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from agora.kernel.app import App
from agora.kernel.bus import Bus
from agora.kernel.clock import Clock, FrozenClock
from agora.kernel.config import Config
from agora.kernel.db import Database
from agora.kernel.domain import Domain
from agora.kernel.ids import Snowflakes
from agora.kernel.ledger import Ledger
from agora.kernel.migrate import migrate
from agora.kernel.settings import all_sections
from agora.kernel.sqlite import open_engine


@contextlib.asynccontextmanager
async def small_app(folder: Path, domains: Sequence[Domain] = (), clock: Clock | None = None) -> AsyncIterator[App]:
    """The app with its database running."""
    app = App(root=folder, data=folder, domains=domains)
    app.config = Config.load(sections=all_sections(domains))
    app.clock = clock or FrozenClock()
    app.ids = Snowflakes(app.clock)
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
