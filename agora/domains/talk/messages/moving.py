"""Messages that go to another channel: their ids, and with them their order and their links, stay."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from agora.domains.talk.files import do_move_files
from agora.domains.talk.messages.events import MessagesMoved
from agora.domains.talk.messages.hooks import MoveStep
from agora.domains.talk.messages.indexing import do_index, do_unindex
from agora.domains.talk.messages.row import Has
from agora.domains.talk.messages.tables import message as m
from agora.domains.talk.messages.writes import do_delete
from agora.kernel.events import to_channel
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx
from agora.protocol.message_types import MessageType

CHUNK = 200  # each leaves the full-text index and comes back: some ten milliseconds of the writer's time
_IN = m.c.channel_id == bindparam("channel_id")
_SOME = prepare(
    select(m.c.id, m.c.has)
    .where(_IN, m.c.type != int(MessageType.THREAD_STARTER_MESSAGE))
    .order_by(m.c.id)
    .limit(bindparam("limit"))
)
_STARTER = prepare(select(m.c.id).where(_IN, m.c.type == int(MessageType.THREAD_STARTER_MESSAGE)).order_by(m.c.id).limit(1))
# a nonce is for retries, and those are over; two channels may have the same ones
_MOVE = prepare(update(m).where(m.c.id == bindparam("message_id")).values(channel_id=bindparam("new_id"), nonce=None))


def do_move_messages(tx: Tx, old_id: int, new_id: int, guild_id: int | None) -> list[int]:
    """Take a part of a channel's messages, the oldest first, to another one; returns which, none when all have gone.

    The notice that repeats the message a thread began with stays behind.
    """
    rows = tx.rows(_SOME, channel_id=old_id, limit=CHUNK)
    ids = [row.id for row in rows]
    if not ids:
        return []
    for message_id in ids:
        do_unindex(tx, message_id)
        tx.run(_MOVE, message_id=message_id, new_id=new_id)
        do_index(tx, message_id)
    do_move_files(tx, [row.id for row in rows if row.has & Has.FILE], new_id)
    for step in tx.app.offers(MoveStep):
        step.do_moved(tx, ids, new_id)
    event = MessagesMoved(ids=tuple(ids), old_id=old_id, channel_id=new_id, guild_id=guild_id)
    tx.emit(event, to_channel(new_id), guild_id=guild_id, channel_id=new_id)
    return ids


def do_drop_starter(tx: Tx, thread_id: int) -> None:
    """The thread leaves the channel of the message it began with, and repeats it no more: it is not for other eyes."""
    row = tx.row(_STARTER, channel_id=thread_id)
    if row is not None:
        do_delete(tx, row.id, thread_id)
