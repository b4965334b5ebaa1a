"""Old messages made small: their texts become one blob in ``content``, the other columns null; readers see no difference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Text, bindparam, case, delete, func, insert, select, type_coerce, update

from agora.domains.talk.messages.row import Row
from agora.domains.talk.messages.tables import message as m
from agora.kernel.packed import SQL_NAME, Texts, Unpacker, do_reach
from agora.kernel.sql import Prepared, prepare

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

NAME = "messages"
FIELDS = ("content", "html", "embeds", "components", "snapshot", "stickers", "poll", "origin", "mentions")
"""In the order in which a blob holds them; the view ``messages_indexed`` counts on it."""
_PLACES = [list(m.c.keys()).index(name) for name in FIELDS]  # in a row of ``select(m)``
_IS_PACKED = func.typeof(m.c.content) == "blob"
# what is packed already is passed over, and so is what has no words, or was found to be too short
_OLD = prepare(
    select(m)
    .where(m.c.id > bindparam("after"), m.c.id < bindparam("before"), m.c.content != "", ~_IS_PACKED)
    .order_by(m.c.id)
    .limit(bindparam("limit"))
)
_COUNT_OLD = prepare(
    select(func.count()).select_from(select(m.c.id).where(m.c.id < bindparam("before")).limit(bindparam("most")).subquery())
)
_SAMPLE = prepare(
    select(m)
    .where(m.c.id >= bindparam("first"), m.c.id < bindparam("before"), m.c.content != "", ~_IS_PACKED)
    .order_by(m.c.id)
    .limit(bindparam("limit"))
)
_BY_ID = prepare(select(m).where(m.c.id == bindparam("id")))
_DROP = prepare(delete(m).where(m.c.id == bindparam("id")))
_PUT = prepare(insert(m).values({name: bindparam(name) for name in Row._fields}))
_UNPACK = prepare(update(m).where(m.c.id == bindparam("message_id"), _IS_PACKED).values({name: bindparam(name) for name in FIELDS}))


def stored(name: str) -> ColumnElement[Any]:
    """A text column as SQL sees it, packed or not; one of ``FIELDS``."""
    packed = getattr(func, SQL_NAME)(m.c.content, FIELDS.index(name))
    return type_coerce(case((_IS_PACKED, packed), else_=m.c[name]), Text)


def find_row(tx: Tx, prepared: Prepared, **params: Any) -> Row | None:
    """The first row of a SELECT of whole messages, unpacked."""
    row: Row | None = tx.row(prepared, **params)
    return None if row is None else _open(tx, row)


def list_rows(tx: Tx, prepared: Prepared, **params: Any) -> list[Row]:
    """All its rows, unpacked."""
    return [_open(tx, row) for row in tx.rows(prepared, **params)]


def do_unpack(tx: Tx, row: Row) -> None:
    """Write an unpacked row's texts back into their columns, before some of them change; nothing if it is not packed."""
    tx.run(_UNPACK, message_id=row.id, **{name: getattr(row, name) for name in FIELDS})


def count_old(tx: Tx, before: int, most: int) -> int:
    """How many messages have lower ids than this, packed or not; stops at ``most``."""
    row = tx.row(_COUNT_OLD, before=before, most=most)
    return 0 if row is None else int(row[0])


def list_old(tx: Tx, after: int, before: int, limit: int) -> list[Row]:
    """Messages between two ids that are not packed, oldest first, as they lie in the table."""
    return tx.rows(_OLD, after=after, before=before, limit=limit)


def list_samples(tx: Tx, before: int, count: int) -> list[Texts]:
    """Texts of messages, in stretches spread evenly over the time before an id."""
    first = tx.row(_SAMPLE, first=0, before=before, limit=1)
    if first is None:
        return []
    stretches = 200
    found: dict[int, Texts] = {}
    for step in range(stretches):
        start = first.id + (before - first.id) * step // stretches
        rows = tx.rows(_SAMPLE, first=start, before=before, limit=count // stretches)
        found.update((row.id, texts_of(row)) for row in rows)
    return list(found.values())


def texts_of(row: Row) -> Texts:
    """What of a message becomes small."""
    return tuple(getattr(row, name) for name in FIELDS)


def do_pack(tx: Tx, rows: Iterable[tuple[Row, bytes]], reached: int) -> int:
    """Put blobs in the place of texts, where nothing has changed meanwhile; returns where.

    Rows are taken out and put back: an update would leave the room that it saves inside their pages, where nothing new is written.
    """
    same = [(row, blob) for row, blob in rows if tx.row(_BY_ID, id=row.id) == row]
    for row, _ in same:
        tx.run(_DROP, id=row.id)
    empty = dict.fromkeys(FIELDS)
    for row, blob in same:
        tx.run(_PUT, **row._asdict() | empty | {"content": blob})
    do_reach(tx, NAME, reached)
    return len(same)


def _open(tx: Tx, row: Row) -> Row:
    content: object = row.content
    if not isinstance(content, bytes):
        return row
    values: list[Any] = list(row)
    for place, text in zip(_PLACES, tx.app.get(Unpacker).read(tx, content), strict=True):
        values[place] = text
    opened: Row = type(row)._make(values)
    return opened
