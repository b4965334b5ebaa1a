"""The write path: atomic units, group commit, events after the commit in ledger order."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError

from agora.kernel.app import App
from agora.kernel.ctx import system
from agora.kernel.domain import live
from agora.kernel.errors import Unavailable
from agora.kernel.events import Recorded
from agora.kernel.tx import Tx
from tests.kernel.notes import NoteWritten, build_domain, do_write_note, list_notes, note
from tests.kit.kernel import open_kernel


async def test_many_writers_share_commits_and_keep_their_own_fate(tmp_path: Path) -> None:
    async with open_kernel(tmp_path, [build_domain()]) as app:
        batches: list[int] = []
        app.db.on_batch = lambda units, seconds: batches.append(len(units))
        texts = [f"bad {i}" if i % 7 == 0 else f"note {i}" for i in range(200)]
        results = await asyncio.gather(*(system(app).write(do_write_note, t) for t in texts), return_exceptions=True)
        stored = await system(app).read(list_notes)
    assert stored == [t for t in texts if not t.startswith("bad")]
    assert [isinstance(r, ValueError) for r in results] == [t.startswith("bad") for t in texts]
    assert len(batches) < len(texts) / 4


async def test_events_are_published_before_the_writer_goes_on_and_only_for_what_was_committed(tmp_path: Path) -> None:
    seen: list[str] = []

    def on_note(app: App, recorded: Recorded) -> None:
        assert isinstance(recorded.event, NoteWritten)
        seen.append(recorded.event.text)

    async with open_kernel(tmp_path, [build_domain([live(NoteWritten, on_note)])]) as app:
        await system(app).write(do_write_note, "one")
        assert seen == ["one"]
        with pytest.raises(ValueError):
            await system(app).write(do_write_note, "bad")
        await system(app).write(do_write_note, "two")
        recorded = await app.ledger.read(0, 100)
    assert seen == ["one", "two"]
    assert [(r.seq, r.type) for r in recorded] == [(1, "notes.NoteWritten"), (2, "notes.NoteWritten")]


async def test_a_failing_listener_never_stops_the_others(tmp_path: Path) -> None:
    seen: list[int] = []

    def on_note_badly(app: App, recorded: Recorded) -> None:
        raise RuntimeError("broken listener")

    domain = build_domain([live(NoteWritten, on_note_badly), live(NoteWritten, lambda app, r: seen.append(r.seq))])
    async with open_kernel(tmp_path, [domain]) as app:
        await system(app).write(do_write_note, "one")
    assert seen == [1]


async def test_reads_cannot_write(tmp_path: Path) -> None:
    def try_to_write(tx: Tx) -> None:
        tx.execute(insert(note).values(id=1, text="x"))

    async with open_kernel(tmp_path, [build_domain()]) as app:
        with pytest.raises(OperationalError, match="readonly"):
            await system(app).read(try_to_write)


async def test_a_full_disk_refuses_the_write_and_the_next_one_succeeds(tmp_path: Path) -> None:
    def fill(tx: Tx, text: str) -> int:
        raise sqlite3.OperationalError("database or disk is full")

    async with open_kernel(tmp_path, [build_domain()]) as app:
        with pytest.raises(Unavailable, match="disk is full"):
            await system(app).write(fill, "x")
        await system(app).write(do_write_note, "after")
        assert await system(app).read(list_notes) == ["after"]


async def test_everything_acknowledged_is_there_after_a_restart_and_the_ledger_goes_on(tmp_path: Path) -> None:
    async with open_kernel(tmp_path, [build_domain()]) as app:
        await asyncio.gather(*(system(app).write(do_write_note, str(i)) for i in range(50)))
    async with open_kernel(tmp_path, [build_domain()]) as app:
        assert len(await system(app).read(list_notes)) == 50
        assert app.ledger.last_seq == 50
        events = await app.ledger.read(0, 100)
        assert [e.seq for e in events] == list(range(1, 51))
        await system(app).write(do_write_note, "more")
        assert app.ledger.last_seq == 51


async def test_writes_after_the_stop_are_refused_with_a_sentence(tmp_path: Path) -> None:
    async with open_kernel(tmp_path, [build_domain()]) as app:
        pass
    with pytest.raises(Unavailable, match="stopping"):
        await system(app).write(do_write_note, "late")
