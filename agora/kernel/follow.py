"""Follow what other processes write: a command such as ``agora user add`` beside a running server must be seen by its caches."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agora.kernel.app import App

log = logging.getLogger(__name__)
PERIOD_S = 0.5


@contextlib.asynccontextmanager
async def following(app: App) -> AsyncIterator[None]:
    """Publish other processes' events while the block runs."""
    task = asyncio.create_task(_follow(app), name="ledger-follow")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _follow(app: App) -> None:
    position = app.ledger.last_seq
    while True:
        await asyncio.sleep(PERIOD_S)
        try:
            upto = app.ledger.last_seq
            foreign = await app.db.read(app.ledger.list_foreign, position)
            app.ledger.publish(foreign, app.bus)
            position = max(upto, foreign[-1].seq if foreign else 0, position)
        except Exception:
            log.exception("could not read what other processes wrote")
