"""The only statements that change who takes part in threads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects import sqlite

from agora.domains.place.permissions import ChannelFacts, Directory, ThreadMember
from agora.domains.talk.threads import tables as t
from agora.domains.talk.threads.events import ThreadMembersChanged, ThreadMemberUpdated
from agora.domains.talk.threads.queries import get_thread, list_of_member
from agora.kernel.events import Audience, Reach, to_users
from agora.kernel.sql import prepare
from agora.protocol.channel_types import ChannelType
from agora.protocol.permissions import Permission

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

_MINE = (t.member.c.thread_id == bindparam("thread_id_"), t.member.c.user_id == bindparam("user_id_"))
_ADD = prepare(
    sqlite.insert(t.member)
    .values({name: bindparam(name) for name in ("thread_id", "user_id", "joined_at", "flags")})
    .on_conflict_do_nothing()
)
_REMOVE = prepare(delete(t.member).where(*_MINE))
_FLAGS = prepare(update(t.member).where(*_MINE).values(flags=bindparam("flags")))
_COUNTED = select(func.count()).select_from(t.member).where(t.member.c.thread_id == t.thread.c.id).scalar_subquery()
_COUNT = prepare(update(t.thread).where(t.thread.c.id == bindparam("thread_id")).values(member_count=_COUNTED))


def do_add_members(tx: Tx, thread: ChannelFacts, user_ids: Iterable[int], *, fresh: bool = False) -> tuple[ThreadMember, ...]:
    """Let these take part; who does already is passed over. Returns who is new."""
    added = tuple(
        ThreadMember(user_id, tx.now_ms)
        for user_id in user_ids
        if tx.run(_ADD, thread_id=thread.id, user_id=user_id, joined_at=tx.now_ms, flags=0)
    )
    if added:
        _changed(tx, thread, added=added, fresh=fresh)
    return added


def do_remove_member(tx: Tx, thread: ChannelFacts, user_id: int) -> bool:
    """Take somebody out; false when they did not take part."""
    if not tx.run(_REMOVE, thread_id_=thread.id, user_id_=user_id):
        return False
    _changed(tx, thread, removed=(user_id,))
    return True


def do_leave_guild(tx: Tx, guild_id: int, user_id: int) -> None:
    """Who leaves the community leaves its threads."""
    for thread_id in list_of_member(tx, guild_id, user_id):
        do_remove_member(tx, get_thread(tx, thread_id), user_id)


def do_set_flags(tx: Tx, thread: ChannelFacts, member: ThreadMember) -> None:
    """Store how much a member wants to hear."""
    assert thread.guild_id is not None
    if tx.run(_FLAGS, thread_id_=thread.id, user_id_=member.user_id, flags=member.flags):
        event = ThreadMemberUpdated(thread_id=thread.id, guild_id=thread.guild_id, member=member)
        tx.emit(event, to_users(member.user_id), guild_id=thread.guild_id, channel_id=thread.id)


def do_clear_members(tx: Tx, thread_ids: Sequence[int]) -> None:
    """The threads end."""
    tx.execute(delete(t.member).where(t.member.c.thread_id.in_(thread_ids)))


def _changed(
    tx: Tx, thread: ChannelFacts, *, added: tuple[ThreadMember, ...] = (), removed: tuple[int, ...] = (), fresh: bool = False
) -> None:
    assert thread.guild_id is not None
    tx.run(_COUNT, thread_id=thread.id)
    now = get_thread(tx, thread.id)
    event = ThreadMembersChanged(
        thread_id=thread.id,
        guild_id=thread.guild_id,
        thread=now,
        added=added,
        removed=removed,
        lost=tuple(user_id for user_id in removed if _is_lost(tx, now, user_id)),
        member_count=now.thread.member_count if now.thread is not None else 0,
        fresh=fresh,
    )
    tx.emit(event, Audience(Reach.CHANNEL, thread.id, also=removed), guild_id=thread.guild_id, channel_id=thread.id)


def _is_lost(tx: Tx, thread: ChannelFacts, user_id: int) -> bool:
    """Whether who goes from a thread sees it no more: a private one is seen by who manages threads."""
    bits = tx.app.get(Directory).permissions(user_id, thread.parent_id or 0)
    return thread.type == ChannelType.PRIVATE_THREAD and not bits & Permission.MANAGE_THREADS
