"""Durable listeners: every event, in order, also after a crash; a poisoned event is parked and the rest goes on."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from agora.kernel import durable as durable_module
from agora.kernel.app import App
from agora.kernel.ctx import Ctx, system
from agora.kernel.domain import Effect, durable
from agora.kernel.durable import Durables
from agora.kernel.events import Recorded
from agora.kernel.follow import following
from agora.kernel.tables import ledger_parked
from agora.kernel.tx import Tx
from tests.kernel.notes import NoteStarred, NoteWritten, build_domain, do_star_note, do_write_note, list_notes
from tests.kit.kernel import open_kernel


def text_of(recorded: Recorded) -> str:
    assert isinstance(recorded.event, NoteWritten | NoteStarred)
    return recorded.event.text


class Collector:
    """A listener that remembers what it took."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.enough = asyncio.Event()
        self.want = 0

    async def take(self, ctx: Ctx, batch: Sequence[Recorded]) -> Effect | None:
        self.taken += [text_of(r) for r in batch]
        if len(self.taken) >= self.want:
            self.enough.set()
        return None


async def write_all(app: App, texts: Sequence[str]) -> None:
    for text in texts:
        await system(app).write(do_write_note, text)


async def test_a_listener_sees_everything_in_order_across_restarts(tmp_path: Path) -> None:
    first, second = Collector(), Collector()
    first.want, second.want = 3, 3
    async with open_kernel(tmp_path, [build_domain([durable("n", NoteWritten, first.take)])]) as app, Durables(app).running():
        await asyncio.sleep(0)
        await wait_for_cursor(app)
        await write_all(app, ["a", "b", "c"])
        await asyncio.wait_for(first.enough.wait(), 5)
    async with open_kernel(tmp_path, [build_domain([durable("n", NoteWritten, second.take)])]) as app:
        await write_all(app, ["d", "e", "f"])  # while no listener runs, as after a crash
        async with Durables(app).running():
            await asyncio.wait_for(second.enough.wait(), 5)
    assert first.taken == ["a", "b", "c"]
    assert second.taken[-3:] == ["d", "e", "f"]


async def wait_for_cursor(app: App) -> None:
    while await system(app).read(durable_module.find_cursor, "n") is None:
        await asyncio.sleep(0.01)


async def test_the_effect_and_the_cursor_move_together(tmp_path: Path) -> None:
    """The effect fails once after the listener succeeded: it is run again, and its change is there exactly once."""
    tries = 0

    async def copy(ctx: Ctx, batch: Sequence[Recorded]) -> Effect | None:
        texts = [text_of(r) for r in batch if not text_of(r).startswith("copy")]

        def effect(tx: Tx) -> None:
            nonlocal tries
            for text in texts:
                do_write_note(tx, f"copy of {text}")
            tries += 1
            if tries == 1:
                raise RuntimeError("crash between effect and cursor")

        return effect

    domain = build_domain([durable("n", NoteWritten, copy)])
    async with open_kernel(tmp_path, [domain]) as app:
        durables = Durables(app)
        async with durables.running():
            await wait_for_cursor(app)
            await write_all(app, ["a"])
            while "copy of a" not in await system(app).read(list_notes):
                await asyncio.sleep(0.01)
            await durables.caught_up()
        assert await system(app).read(list_notes) == ["a", "copy of a"]


async def test_a_poisoned_event_is_parked_and_the_others_go_on(tmp_path: Path) -> None:
    good = Collector()
    good.want = 2

    async def picky(ctx: Ctx, batch: Sequence[Recorded]) -> Effect | None:
        if any(text_of(r) == "poison" for r in batch):
            raise RuntimeError("cannot swallow this")
        return await good.take(ctx, batch)

    durable_module.FIRST_BACKOFF_S = 0.001
    async with open_kernel(tmp_path, [build_domain([durable("n", NoteWritten, picky)])]) as app, Durables(app).running():
        await wait_for_cursor(app)
        await write_all(app, ["a", "poison", "b"])
        await asyncio.wait_for(good.enough.wait(), 10)
        rows = await system(app).read(lambda tx: tx.execute(select(ledger_parked)).all())
    assert good.taken == ["a", "b"]
    assert [(r.listener, r.seq) for r in rows] == [("n", 2)]
    assert "cannot swallow" in rows[0].error


async def test_another_process_is_heard(tmp_path: Path) -> None:
    """A command beside the server writes to the same file; the server's bus tells of it."""
    heard: list[str] = []
    async with open_kernel(tmp_path, [build_domain()]) as server:
        server.bus.on_events(lambda events: heard.extend(text_of(r) for r in events))
        async with following(server):
            async with open_kernel(tmp_path, [build_domain()], instance=7) as command:
                await write_all(command, ["from the side"])
            async with asyncio.timeout(5):
                while "from the side" not in heard:
                    await asyncio.sleep(0.02)
            await write_all(server, ["own"])
    assert heard == ["from the side", "own"]


async def test_a_listener_sleeps_through_what_is_not_for_it_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own events come through, in order, among many that are not; its cursor follows in large steps."""
    rare, every = Collector(), Collector()
    rare.want, every.want = 2, 1200
    domain = build_domain([durable("rare", NoteStarred, rare.take), durable("n", NoteWritten, every.take)])
    async with open_kernel(tmp_path, [domain]) as app:
        durables = Durables(app)
        async with durables.running():
            await wait_for_cursor(app)
            await durables.caught_up()
            reads: list[int] = []
            original = app.ledger.read

            async def count_reads(after: int, limit: int) -> list[Recorded]:
                reads.append(after)
                return await original(after, limit)

            monkeypatch.setattr(app.ledger, "read", count_reads)
            await system(app).write(do_star_note, "first")
            for number in range(12):
                await system(app).write(lambda tx, n=number: [do_write_note(tx, f"{n}-{i}") for i in range(100)])
            await system(app).write(do_star_note, "last")
            await asyncio.wait_for(asyncio.gather(rare.enough.wait(), every.enough.wait()), 20)
            await durables.caught_up()
        # twelve writes, each read by one listener in two batches and a look for more; woken each time, both would do that
        assert len([after for after in reads if after > 1]) < 60
        cursors = {name: await system(app).read(durable_module.find_cursor, name) for name in ("rare", "n")}
    assert rare.taken == ["first", "last"]
    assert every.taken == [f"{n}-{i}" for n in range(12) for i in range(100)]
    assert cursors["rare"] == 1202
    assert cursors["n"] in (1201, 1202)  # the last is not for it; it is passed in the same step or not at all


async def test_what_another_process_wrote_in_between_is_not_passed_by(tmp_path: Path) -> None:
    """The server hears of its own later event first: the listener for the earlier one must still get it."""
    rare = Collector()
    rare.want = 1
    domain = build_domain([durable("rare", NoteStarred, rare.take)])
    async with open_kernel(tmp_path, [domain]) as server:
        durables = Durables(server)
        async with durables.running():
            while await system(server).read(durable_module.find_cursor, "rare") is None:
                await asyncio.sleep(0.01)
            await durables.caught_up()
            async with open_kernel(tmp_path, [build_domain()], instance=7) as command:
                await system(command).write(do_star_note, "from the side")
            await write_all(server, ["own, and published first"])
            async with following(server):
                await asyncio.wait_for(rare.enough.wait(), 5)
    assert rare.taken == ["from the side"]
