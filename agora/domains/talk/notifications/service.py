"""Use cases of read marks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import sqlite

from agora.domains.talk.messages import check_place
from agora.domains.talk.notifications.events import ChannelRead
from agora.domains.talk.notifications.tables import read as r
from agora.kernel.ctx import Ctx
from agora.kernel.events import to_users
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

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
        event = ChannelRead(user_id=user_id, channel_id=channel_id, message_id=message_id)
        tx.emit(event, to_users(user_id), channel_id=channel_id)


def list_marks(tx: Tx, user_id: int) -> dict[int, int]:
    """The newest message a user has read, by channel."""
    return {row.channel_id: row.last_read_id for row in tx.rows(_MARKS, user_id=user_id)}


async def read_state(ctx: Ctx) -> list[dict[str, Any]]:
    """READY's ``read_state``: compare ``last_message_id`` with the channel's own to see what is unread."""
    marks = await ctx.read(list_marks, ctx.actor.user_id)
    return [{"id": str(channel_id), "last_message_id": str(last)} for channel_id, last in marks.items()]
