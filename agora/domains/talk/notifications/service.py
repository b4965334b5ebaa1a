"""Use cases of read marks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import sqlite

from agora.domains.place.permissions import Directory
from agora.domains.talk.messages import check_place, list_by_ids, list_payloads
from agora.domains.talk.notifications.calls import count_calls, count_left, list_calls
from agora.domains.talk.notifications.events import ChannelRead
from agora.domains.talk.notifications.tables import read as r
from agora.kernel.ctx import Ctx
from agora.kernel.events import to_users
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx
from agora.protocol.payloads import Message
from agora.protocol.permissions import Permission

READ = int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)

_USER, _CHANNEL, _LAST = "user_id", "channel_id", "last_read_id"
_INSERT = sqlite.insert(r).values({_USER: bindparam(_USER), _CHANNEL: bindparam(_CHANNEL), _LAST: bindparam(_LAST)})
_MARK = prepare(
    _INSERT.on_conflict_do_update(
        index_elements=[r.c.user_id, r.c.channel_id],
        set_={_LAST: _INSERT.excluded.last_read_id},
        where=r.c.last_read_id != _INSERT.excluded.last_read_id,
    )
)
_MARKS = prepare(select(r.c.channel_id, r.c.last_read_id).where(r.c.user_id == bindparam(_USER)))


async def mark_read(ctx: Ctx, channel_id: int, message_id: int) -> None:
    """The actor has read the channel up to this message; an older one marks it as unread again."""
    check_place(ctx, channel_id)
    await ctx.write(do_mark, ctx.actor.user_id, channel_id, message_id)


def do_mark(tx: Tx, user_id: int, channel_id: int, message_id: int) -> None:
    """Move the mark; the user's other devices hear of it."""
    if tx.run(_MARK, user_id=user_id, channel_id=channel_id, last_read_id=message_id):
        left = count_left(tx, user_id, channel_id, message_id)
        event = ChannelRead(user_id=user_id, channel_id=channel_id, message_id=message_id, calls=left)
        tx.emit(event, to_users(user_id), channel_id=channel_id)


def list_marks(tx: Tx, user_id: int) -> dict[int, int]:
    """The newest message a user has read, by channel."""
    return {row.channel_id: row.last_read_id for row in tx.rows(_MARKS, user_id=user_id)}


async def read_state(ctx: Ctx) -> list[dict[str, Any]]:
    """READY's ``read_state``: compare ``last_message_id`` with the channel's own to see what is unread; ``mention_count`` are calls
    after it. A channel that was never read has "0".
    """
    return await ctx.read(list_state, ctx.actor.user_id)


def list_state(tx: Tx, user_id: int) -> list[dict[str, Any]]:
    """Marks and calls, by channel."""
    marks, calls = list_marks(tx, user_id), count_calls(tx, user_id)
    return [
        {"id": str(each), "last_message_id": str(marks.get(each, 0)), "mention_count": calls.get(each, 0)}
        for each in sorted(marks.keys() | calls.keys())
    ]


async def read_inbox(ctx: Ctx, before: int, limit: int) -> list[Message]:
    """Messages that called the actor and that they may still read, newest first."""
    return await ctx.read(list_inbox, ctx.actor.user_id, before, limit)


def list_inbox(tx: Tx, user_id: int, before: int, limit: int) -> list[Message]:
    """One page."""
    directory = tx.app.get(Directory)
    calls = list_calls(tx, user_id, before, limit)
    readable = [message_id for message_id, channel_id, _ in calls if directory.permissions(user_id, channel_id) & READ == READ]
    rows = list_by_ids(tx, readable)
    return list_payloads(tx, [rows[each] for each in readable if each in rows], user_id)
