"""The components every server has: database, disk, writer and model."""

from __future__ import annotations

import asyncio
import shutil

from sqlalchemy import text

from agora.inference.ports import Engine
from agora.kernel.app import App
from agora.kernel.readiness import Health, Readiness
from agora.kernel.tx import Tx

# Below this a write may fail at any moment; a model's answer or an upload needs more than a few pages. In bytes.
LITTLE_ROOM = 64 << 20
# Writes that wait: far above what one commit takes, so the disk does not keep up.
MANY_WAITING = 2_000


async def check_database(app: App) -> Health:
    """A real read."""
    await app.db.read(_ask)
    return Health("ready")


def _ask(tx: Tx) -> None:
    tx.execute(text("SELECT seq FROM ledger_event ORDER BY seq DESC LIMIT 1")).first()


async def check_disk(app: App) -> Health:
    """Room on the disk of the data folder."""
    free = (await asyncio.to_thread(shutil.disk_usage, app.data)).free
    if free < LITTLE_ROOM:
        return Health("failed", f"only {free >> 20} MiB are free on the disk of the data folder: free some space")
    return Health("ready")


async def check_writer(app: App) -> Health:
    """Whether writes are taken as fast as they come."""
    waiting = app.db.waiting()
    if waiting > MANY_WAITING:
        return Health("degraded", f"{waiting} writes wait: the disk is too slow for what comes in")
    return Health("ready")


async def check_model(app: App) -> Health:
    """The language model; without it people still talk, so it is not required."""
    engine = app.find(Engine)
    if engine is None:
        return Health("degraded", "this process runs without a model engine")
    info = engine.info()
    if info.state == "ready":
        return Health("ready")
    return Health("degraded", info.reason or f"the model engine is {info.state}")


CHECKS = (
    Readiness("database", check_database),
    Readiness("disk", check_disk),
    Readiness("writer", check_writer),
    Readiness("model", check_model, required=False),
)
