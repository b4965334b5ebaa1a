"""The full-text index: what is in it of each message is exactly what ``messages_indexed`` says.

An index over another table forgets a row only when it is told, word for word, what it had been given. So a message is taken
out before anything changes that the view looks at, and put in afterwards.
"""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, literal, select
from sqlalchemy.dialects import sqlite

from agora.domains.talk.messages.queries import find_message
from agora.domains.talk.messages.row import Has
from agora.domains.talk.messages.tables import file_text, fts, indexed
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

_OF_ONE = indexed.c.id == bindparam("id")
_INDEX = prepare(
    insert(fts).from_select(["rowid", "content", "tags"], select(indexed.c.id, indexed.c.content, indexed.c.tags).where(_OF_ONE))
)
_UNINDEX = prepare(
    insert(fts).from_select(
        ["messages_fts", "rowid", "content", "tags"],
        select(literal("delete"), indexed.c.id, indexed.c.content, indexed.c.tags).where(_OF_ONE),
    )
)
_SET_TEXT = prepare(
    sqlite.insert(file_text)
    .values(message_id=bindparam("message_id"), text=bindparam("text"))
    .on_conflict_do_update(index_elements=["message_id"], set_={"text": bindparam("text")})
)
_FORGET_TEXT = prepare(delete(file_text).where(file_text.c.message_id == bindparam("message_id")))


def do_index(tx: Tx, message_id: int) -> None:
    """Make a stored message searchable, with its files as they are now."""
    tx.run(_INDEX, id=message_id)


def do_unindex(tx: Tx, message_id: int) -> None:
    """Take a message out again: before its row, its files or their words change."""
    tx.run(_UNINDEX, id=message_id)


def do_forget_text(tx: Tx, message_id: int) -> None:
    """Drop the words of its files; call it after ``do_unindex``."""
    tx.run(_FORGET_TEXT, message_id=message_id)


def do_index_files(tx: Tx, message_id: int, text: str) -> None:
    """The words in a message's files are these now. A message that is gone, or has no files any more, is passed over."""
    row = find_message(tx, message_id)
    if row is None or not row.has & Has.FILE:
        return
    do_unindex(tx, row.id)
    tx.run(_SET_TEXT, message_id=message_id, text=text)
    do_index(tx, row.id)
