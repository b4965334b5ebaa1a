"""Reading threads: everything at start, single ones inside writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import bindparam, func, select

from agora.domains.place.permissions import ChannelFacts, Directory, ThreadFacts, ThreadMember
from agora.domains.talk.threads import tables as t
from agora.kernel.errors import NotFound
from agora.kernel.sql import prepare
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

_ALL = prepare(select(t.thread))
_ALL_MEMBERS = prepare(select(t.member))
_MEMBERS = prepare(select(t.member).where(t.member.c.thread_id == bindparam("thread_id")).order_by(t.member.c.user_id))
_THREAD = prepare(select(t.thread).where(t.thread.c.id == bindparam("id")))
_OPEN = prepare(
    select(func.count().label("count")).where(t.thread.c.guild_id == bindparam("guild_id"), t.thread.c.archived.is_(False))
)
_OF_CHANNEL = prepare(select(t.thread.c.id).where(t.thread.c.parent_id == bindparam("parent_id")))
_OF_MEMBER = prepare(
    select(t.member.c.thread_id)
    .join(t.thread, t.thread.c.id == t.member.c.thread_id)
    .where(t.member.c.user_id == bindparam("user_id"), t.thread.c.guild_id == bindparam("guild_id"))
)
_QUIET = prepare(
    select(t.thread.c.id)
    .where(
        t.thread.c.archived.is_(False),
        t.thread.c.active_at + t.thread.c.auto_archive_min * 60_000 <= bindparam("now_ms"),
    )
    .order_by(t.thread.c.active_at)
    .limit(bindparam("limit"))
)
_MERGED = prepare(select(t.merged.c.new_id).where(t.merged.c.old_id == bindparam("old_id")))
_UNFINISHED = prepare(select(t.merged).join(t.thread, t.thread.c.id == t.merged.c.old_id))
_IDS = msgspec.json.Decoder(tuple[int, ...])


def load_threads(tx: Tx, directory: Directory) -> None:
    """All threads and their members into memory. One whose channel is gone is passed over."""
    for row in tx.rows(_ALL):
        if directory.channel(row.parent_id) is not None:
            directory.put_thread(_thread(row))
    for row in tx.rows(_ALL_MEMBERS):
        thread = directory.channel(row.thread_id)
        if thread is not None and thread.thread is not None:
            directory.put_thread_member(thread, ThreadMember(row.user_id, row.joined_at, row.flags))


def find_thread(tx: Tx, thread_id: int) -> ChannelFacts | None:
    """A thread as stored now."""
    row = tx.row(_THREAD, id=thread_id)
    return None if row is None else _thread(row)


def get_thread(tx: Tx, thread_id: int) -> ChannelFacts:
    """A thread as stored now. Raises NotFound 10003."""
    found = find_thread(tx, thread_id)
    if found is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_CHANNEL], code=ErrorCode.UNKNOWN_CHANNEL)
    return found


def find_merged(tx: Tx, thread_id: int) -> int | None:
    """The thread that another one went into."""
    row = tx.row(_MERGED, old_id=thread_id)
    return None if row is None else int(row.new_id)


def list_unfinished(tx: Tx) -> list[tuple[int, int]]:
    """Merges that were begun and not ended: the old thread is still there."""
    return [(row.old_id, row.new_id) for row in tx.rows(_UNFINISHED)]


def count_open(tx: Tx, guild_id: int) -> int:
    """How many threads of a guild are not archived."""
    row = tx.row(_OPEN, guild_id=guild_id)
    return 0 if row is None else int(row.count)


def list_members(tx: Tx, thread_id: int) -> list[ThreadMember]:
    """Who takes part in a thread, by user id."""
    return [ThreadMember(row.user_id, row.joined_at, row.flags) for row in tx.rows(_MEMBERS, thread_id=thread_id)]


def list_of_channel(tx: Tx, parent_id: int) -> list[int]:
    """The threads of a channel."""
    return [row.id for row in tx.rows(_OF_CHANNEL, parent_id=parent_id)]


def list_of_member(tx: Tx, guild_id: int, user_id: int) -> list[int]:
    """The threads of a guild somebody takes part in."""
    return [row.thread_id for row in tx.rows(_OF_MEMBER, guild_id=guild_id, user_id=user_id)]


def list_quiet(tx: Tx, now_ms: int, limit: int) -> list[int]:
    """Open threads in which nothing happened for as long as each allows, the quietest first."""
    return [row.id for row in tx.rows(_QUIET, now_ms=now_ms, limit=limit)]


def _thread(row: Any) -> ChannelFacts:
    return ChannelFacts(
        id=row.id,
        type=row.type,
        guild_id=row.guild_id,
        parent_id=row.parent_id,
        name=row.name,
        rate_limit_per_user=row.rate_limit_per_user,
        owner_id=row.owner_id,
        last_message_id=row.last_message_id,
        thread=ThreadFacts(
            created_at=row.created_at,
            changed_at=row.changed_at,
            archived=bool(row.archived),
            locked=bool(row.locked),
            invitable=bool(row.invitable),
            auto_archive_min=row.auto_archive_min,
            message_count=row.message_count,
            total_sent=row.total_sent,
            member_count=row.member_count,
            tags=_IDS.decode(row.tags),
            pinned=bool(row.pinned),
        ),
    )
