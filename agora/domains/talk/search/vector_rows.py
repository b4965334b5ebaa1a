"""The stored vectors: every SELECT, INSERT and DELETE on them. They are the truth of which the index is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import BindParameter, and_, bindparam, delete, func, select
from sqlalchemy.dialects import sqlite

from agora.domains.talk.messages import indexed
from agora.domains.talk.messages import message as message_table
from agora.domains.talk.search.tables import model, vector
from agora.kernel.http import encode
from agora.kernel.sql import prepare

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

m, v = message_table.c, vector.c
EDITED = func.coalesce(m.edited_ms, 0)


class Stored(NamedTuple):
    """A vector without its numbers: whose it is, where that was said, and when it was made."""

    id: int
    channel_id: int
    made_ms: int


class Text(NamedTuple):
    """A message whose vector is missing or of older words."""

    id: int
    channel_id: int
    edited_ms: int
    content: str


class Numbers(NamedTuple):
    """A vector as it is stored."""

    id: int
    channel_id: int
    vector: bytes


_IDS = select(func.json_each(bindparam("ids")).table_valued("value").c.value)
_OWN = v.message_id == m.id
_STORED = prepare(select(v.message_id.label("id"), m.channel_id, v.made_ms).select_from(vector.join(message_table, _OWN)))
_NUMBERS = prepare(
    select(v.message_id.label("id"), m.channel_id, v.vector)
    .select_from(vector.join(message_table, _OWN))
    .where(v.message_id.in_(_IDS))
)
_TEXTS = prepare(
    select(m.id, m.channel_id, EDITED.label("edited_ms"), indexed.c.content)
    .select_from(message_table.join(indexed, indexed.c.id == m.id))
    .where(m.id.in_(_IDS), indexed.c.content != "")
)
_PAGE = prepare(
    select(m.id, and_(v.message_id.is_not(None), v.edited_ms == EDITED).label("is_made"))
    .select_from(message_table.outerjoin(vector, _OWN))
    .where(m.id < bindparam("before"), m.content != "")
    .order_by(m.id.desc())
    .limit(bindparam("limit"))
)
_OLDER = prepare(select(v.message_id).where(v.message_id < bindparam("before")).limit(bindparam("limit")))
_VALUES: dict[str, BindParameter[object]] = {name: bindparam(name) for name in ("message_id", "edited_ms", "made_ms", "vector")}
_STORE = prepare(
    sqlite.insert(vector)
    .values(_VALUES)
    .on_conflict_do_update(index_elements=["message_id"], set_={k: b for k, b in _VALUES.items() if k != "message_id"})
)
_FORGET = prepare(delete(vector).where(v.message_id.in_(_IDS)))
_FORGET_ALL = prepare(delete(vector))
_PROBE = prepare(select(model.c.probe).where(model.c.id == 1))
_SET_PROBE = prepare(
    sqlite.insert(model)
    .values(id=1, probe=bindparam("probe"))
    .on_conflict_do_update(index_elements=["id"], set_={"probe": bindparam("probe")})
)


def list_stored(tx: Tx) -> list[Stored]:
    """All vectors of messages that exist."""
    return [Stored(*row) for row in tx.rows(_STORED)]


def list_numbers(tx: Tx, ids: Sequence[int]) -> list[Numbers]:
    """Some vectors."""
    return [Numbers(*row) for row in tx.rows(_NUMBERS, ids=encode(ids).decode())]


def list_texts(tx: Tx, ids: Sequence[int]) -> list[Text]:
    """The words of some messages with those of their files; messages without words are left out."""
    return [Text(*row) for row in tx.rows(_TEXTS, ids=encode(ids).decode())]


def list_page(tx: Tx, before: int, limit: int) -> list[tuple[int, bool]]:
    """The newest messages with words before an id, and whether each has its vector."""
    return [(row.id, bool(row.is_made)) for row in tx.rows(_PAGE, before=before, limit=limit)]


def list_older(tx: Tx, before: int, limit: int) -> list[int]:
    """Messages before an id that have a vector."""
    return [row.message_id for row in tx.rows(_OLDER, before=before, limit=limit)]


def find_probe(tx: Tx) -> bytes | None:
    """What the model said to the fixed sentence when the vectors were made."""
    row = tx.row(_PROBE)
    return None if row is None else row.probe


def do_store(tx: Tx, vectors: Sequence[tuple[Text, bytes]]) -> list[Text]:
    """Keep vectors of messages that still have the words they were made from. Returns which."""
    still = {text.id: text.edited_ms for text in list_texts(tx, [text.id for text, _ in vectors])}
    kept = [(text, numbers) for text, numbers in vectors if still.get(text.id) == text.edited_ms]
    for text, numbers in kept:
        tx.run(_STORE, message_id=text.id, edited_ms=text.edited_ms, made_ms=tx.now_ms, vector=numbers)
    return [text for text, _ in kept]


def do_forget(tx: Tx, ids: Sequence[int]) -> None:
    """Drop the vectors of messages."""
    tx.run(_FORGET, ids=encode(ids).decode())


def do_change_model(tx: Tx, probe: bytes) -> None:
    """Another model makes the vectors from now on: none of the old ones can be compared with its."""
    tx.run(_FORGET_ALL)
    tx.run(_SET_PROBE, probe=probe)
