"""The statements that put one thread into another, in short transactions: a long thread holds nobody up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import bindparam, func, update
from sqlalchemy.dialects.sqlite import insert

from agora.domains.place.permissions import ChannelFacts, Directory
from agora.domains.talk.messages import do_move_messages
from agora.domains.talk.threads import tables as t
from agora.domains.talk.threads.events import ThreadMerged, ThreadUpdated
from agora.domains.talk.threads.member_writes import do_add_members
from agora.domains.talk.threads.queries import find_thread, get_thread, list_members
from agora.domains.talk.threads.writes import do_delete_thread, do_edit_thread
from agora.kernel.events import to_channel
from agora.kernel.sql import prepare
from agora.protocol.channel_types import ChannelType

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

_NEWEST = func.max(func.coalesce(t.thread.c.last_message_id, 0), bindparam("message_id"))
_COUNT = prepare(
    update(t.thread)
    .where(t.thread.c.id == bindparam("thread_id"))
    .values(
        last_message_id=_NEWEST,
        message_count=t.thread.c.message_count + bindparam("count"),
        total_sent=t.thread.c.total_sent + bindparam("count"),
    )
)


def do_begin_merge(tx: Tx, old_id: int, new_id: int) -> None:
    """From now on ``old_id`` is closed, and links to it lead to ``new_id``. Raises NotFound 10003."""
    get_thread(tx, old_id), get_thread(tx, new_id)
    tx.execute(update(t.merged).where(t.merged.c.new_id == old_id).values(new_id=new_id))
    tx.execute(insert(t.merged).values(old_id=old_id, new_id=new_id).on_conflict_do_nothing())
    do_edit_thread(tx, old_id, {"archived": True, "locked": True})


def do_merge_some(tx: Tx, old_id: int, new_id: int) -> bool:
    """Take some of the messages over; false when none is left, and the old thread has ended."""
    old, new = find_thread(tx, old_id), find_thread(tx, new_id)
    if old is None or new is None:
        return False
    ids = do_move_messages(tx, old_id, new_id, new.guild_id)
    if ids:
        tx.run(_COUNT, thread_id=new_id, message_id=ids[-1], count=len(ids))
        return True
    _end(tx, old, new)
    return False


def _end(tx: Tx, old: ChannelFacts, new: ChannelFacts) -> None:
    directory = tx.app.get(Directory)
    known = {each.user_id for each in list_members(tx, new.id)}
    # into a private thread nobody comes by chance: only who was asked into a private one already
    alike = new.type != ChannelType.PRIVATE_THREAD or old.type == ChannelType.PRIVATE_THREAD
    came = [each.user_id for each in list_members(tx, old.id) if alike and each.user_id not in known]
    came = [user_id for user_id in came if directory.can_view(user_id, new.parent_id or 0)]
    if came:
        do_add_members(tx, new, came)
    now, before = get_thread(tx, new.id), directory.channel(new.id) or new
    tx.emit(ThreadUpdated(thread=now, before=before), to_channel(new.id), guild_id=new.guild_id, channel_id=new.id)
    merged = ThreadMerged(old=old, thread=msgspec.structs.replace(now), reason=tx.ctx.audit_reason)
    tx.emit(merged, to_channel(new.id), guild_id=new.guild_id, channel_id=new.id)
    do_delete_thread(tx, old.id)
