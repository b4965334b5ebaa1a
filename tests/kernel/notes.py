"""A tiny domain for the kernel's tests: notes that can be written and refused."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic.operations import Operations

from agora.kernel.domain import Domain, Durable, Live
from agora.kernel.events import EVERYBODY, Event
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

metadata = sa.MetaData()
note = sa.Table("notes_note", metadata, sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("text", sa.Text, unique=True))
INSERT = prepare(sa.insert(note).values(id=sa.bindparam("id"), text=sa.bindparam("text")))


class NoteWritten(Event, frozen=True, kw_only=True):
    """A note was written."""

    id: int
    text: str


class NoteStarred(Event, frozen=True, kw_only=True):
    """A note was liked."""

    text: str


def create_note(op: Operations) -> None:
    """The one table."""
    op.create_table("notes_note", sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("text", sa.Text, unique=True))


def do_write_note(tx: Tx, text: str) -> int:
    """Write a note; the same text twice breaks the unique index."""
    note_id = tx.new_id()
    tx.run(INSERT, id=note_id, text=text)
    tx.emit(NoteWritten(id=note_id, text=text), EVERYBODY)
    if text.startswith("bad"):
        raise ValueError(text)
    return note_id


def do_star_note(tx: Tx, text: str) -> None:
    """Like a note; nothing is stored but the event."""
    tx.emit(NoteStarred(text=text), EVERYBODY)


def list_notes(tx: Tx) -> list[str]:
    """All texts, oldest first."""
    return list(tx.execute(sa.select(note.c.text).order_by(note.c.id)).scalars())


def build_domain(listeners: Sequence[Live | Durable] = ()) -> Domain:
    """The domain with these listeners."""
    return Domain(name="notes", tables=(note,), migrations=(create_note,), events=(NoteWritten, NoteStarred), listeners=listeners)
