"""What threads do within others' transactions: count messages, open again where somebody speaks, let speakers take part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agora.domains.place.permissions import Directory
from agora.domains.talk.messages import Row, mentioned_users
from agora.domains.talk.threads.member_writes import do_add_members
from agora.domains.talk.threads.queries import find_thread
from agora.domains.talk.threads.writes import do_count_removed, do_count_sent, do_edit_thread
from agora.protocol.channel_types import ChannelType

if TYPE_CHECKING:
    from agora.kernel.tx import Tx


def do_sent(tx: Tx, row: Row) -> None:
    """Somebody spoke: the thread opens again, and they and whom they mention take part."""
    directory = tx.app.get(Directory)
    known = directory.channel(row.channel_id)
    if known is None or known.thread is None:
        return
    do_count_sent(tx, row.channel_id, row.id)
    thread = find_thread(tx, row.channel_id)
    if thread is None or thread.thread is None:
        return
    if thread.thread.archived:
        do_edit_thread(tx, thread.id, {"archived": False})
    taking_part = directory.thread_members(thread.id)
    wanted = [row.author_id]
    if thread.type != ChannelType.PRIVATE_THREAD or thread.thread.invitable or thread.owner_id == row.author_id:
        wanted += [each for each in mentioned_users(row) if directory.can_view(each, thread.parent_id or 0)]
    new = [each for each in dict.fromkeys(wanted) if each not in taking_part and directory.member(thread.guild_id or 0, each)]
    if new:
        do_add_members(tx, thread, new)


def do_removed(tx: Tx, channel_id: int, message_ids: Sequence[int]) -> None:
    """Messages were deleted; the first of a post was never counted."""
    known = tx.app.get(Directory).channel(channel_id)
    if known is not None and known.thread is not None:
        do_count_removed(tx, channel_id, sum(each != channel_id for each in message_ids))
