"""Old events become small, and nobody who reads them sees a difference."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select, text

from agora.domains.operations.archive import packing
from agora.domains.operations.archive.packing import DAY_MS, pack_history
from agora.domains.talk.messages import Draft, send
from agora.kernel.clock import FrozenClock
from agora.kernel.ctx import system
from agora.kernel.ledger_pack import MAGIC
from agora.kernel.tables import ledger_event
from agora.kernel.tx import Tx
from tests.kit.server import Kit, Person, open_kit

OLD, NEW = 60, 20


@pytest.fixture(autouse=True)
def few_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dictionary of little, in small batches."""
    monkeypatch.setattr(packing, "SAMPLES", 50)
    monkeypatch.setattr(packing, "BATCH", 16)


def list_bodies(tx: Tx) -> list[bytes]:
    """As they lie in the table."""
    return [row.body for row in tx.execute(select(ledger_event.c.body).order_by(ledger_event.c.seq))]


def count_free_pages(tx: Tx) -> int:
    """Pages of the database that new rows can use."""
    return int(tx.execute(text("PRAGMA freelist_count")).scalar_one())


async def talk(kit: Kit, person: Person, channel: int, count: int) -> None:
    """Some messages, none like the other."""
    for number in range(count):
        await send(kit.ctx(person), channel, Draft(f"message {number} about the weather in the garden, **{number * 7919}**"))


async def test_old_events_are_packed_and_read_as_before(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        owner = await kit.person("ada")
        channel = await kit.channel(owner, await kit.guild(owner))
        await talk(kit, owner, channel, OLD)
        await kit.settle()
        old = kit.app.ledger.last_seq
        clock.advance(31 * DAY_MS)
        fresh = await kit.person("ben")
        await talk(kit, owner, channel, NEW)
        await kit.settle()
        ctx = system(kit.app)
        before = await kit.app.db.read(kit.app.ledger.list_after, 0, 10_000)
        plain = await kit.app.db.read(list_bodies)
        free = await kit.app.db.read(count_free_pages)
        done = await pack_history(ctx)
        assert await kit.app.db.read(count_free_pages) > free + 5
        assert done.events == old
        assert done.after < done.before * 0.6
        bodies = await kit.app.db.read(list_bodies)
        assert sum(body.startswith(MAGIC) for body in bodies) > OLD
        assert bodies[old:] == plain[old:]
        assert await kit.app.db.read(kit.app.ledger.list_after, 0, 10_000) == before
        assert (await pack_history(ctx)).events == 0
        page = await kit.request("GET", f"/api/v10/channels/{channel}/messages?limit=100", owner)
        assert len(page.json) == OLD + NEW
        assert fresh.id
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        again = await kit.app.db.read(kit.app.ledger.list_after, 0, 10_000)
        assert again[: len(before)] == before
        clock.advance(31 * DAY_MS)
        assert (await pack_history(system(kit.app))).events >= NEW
        assert (await kit.app.db.read(kit.app.ledger.list_after, 0, 10_000))[: len(before)] == before


async def test_too_little_is_left_alone_and_so_is_everything_with_0(tmp_path: Path) -> None:
    clock = FrozenClock()
    for days, folder in ((30, "few"), (0, "never")):
        async with open_kit(tmp_path / folder, clock=clock, flags={"archive.pack_after_days": days}) as kit:
            owner = await kit.person("ada")
            channel = await kit.channel(owner, await kit.guild(owner))
            await talk(kit, owner, channel, 5 if days else OLD)
            clock.advance(400 * DAY_MS)
            assert (await pack_history(system(kit.app))).events == 0


def test_a_body_is_never_taken_for_a_frame() -> None:
    assert not msgspec.json.encode({"a": 1}).startswith(MAGIC)
