"""The only statements that change threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import bindparam, delete, func, insert, update

from agora.domains.place.channels import build_thread
from agora.domains.place.permissions import ChannelFacts, ThreadFacts, ThreadMember
from agora.domains.talk.files import Attached
from agora.domains.talk.messages import Notice, Row, do_drop_starter, do_mark_thread, do_post_notice, do_send
from agora.domains.talk.threads import tables as t
from agora.domains.talk.threads.events import ThreadCreated, ThreadDeleted, ThreadMoved, ThreadsEnded, ThreadUpdated
from agora.domains.talk.threads.member_writes import do_add_members, do_clear_members
from agora.domains.talk.threads.queries import count_open, find_thread, get_thread, list_members, list_of_channel
from agora.kernel.errors import BadRequest
from agora.kernel.events import NOBODY, to_channel
from agora.kernel.sql import prepare
from agora.protocol.channel_types import ChannelType
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.message_types import MessageType

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

MAX_OPEN = 1000  # in one guild, as on Discord
_OWN = frozenset(ThreadFacts.__struct_fields__)
_BY_ID = t.thread.c.id == bindparam("thread_id")
_SENT = prepare(
    update(t.thread)
    .where(_BY_ID)
    .values(
        last_message_id=bindparam("message_id"),
        active_at=bindparam("now_ms"),
        message_count=t.thread.c.message_count + 1,
        total_sent=t.thread.c.total_sent + 1,
    )
)
_FIRST = prepare(update(t.thread).where(_BY_ID).values(last_message_id=bindparam("message_id")))
_REMOVED = prepare(update(t.thread).where(_BY_ID).values(message_count=func.max(t.thread.c.message_count - bindparam("count"), 0)))


class First(msgspec.Struct, frozen=True):
    """The first message of a forum's post, as it will be stored and sent."""

    row: Row
    wire: bytes
    files: tuple[Attached, ...] = ()


def do_start(tx: Tx, thread: ChannelFacts, *, by_bot: bool, source: bool = False, first: First | None = None) -> ChannelFacts:
    """Begin a thread; its owner takes part. ``source``: it begins with the message of its id, which shows it then.

    Raises BadRequest 160004 when that message has a thread, 160006 when there are too many.
    """
    assert thread.guild_id is not None and thread.owner_id is not None and thread.thread is not None
    if find_thread(tx, thread.id) is not None:
        raise BadRequest(MESSAGES[ErrorCode.THREAD_EXISTS], code=ErrorCode.THREAD_EXISTS)
    if count_open(tx, thread.guild_id) >= MAX_OPEN:
        raise BadRequest(MESSAGES[ErrorCode.MAX_THREADS], code=ErrorCode.MAX_THREADS)
    _insert(tx, thread)
    owner = ThreadMember(thread.owner_id, tx.now_ms)
    started = msgspec.structs.replace(thread, thread=msgspec.structs.replace(thread.thread, member_count=1))
    event = ThreadCreated(thread=started, members=(owner,), reason=tx.ctx.audit_reason)
    tx.emit(event, to_channel(thread.id), guild_id=thread.guild_id, channel_id=thread.id)
    do_add_members(tx, thread, (thread.owner_id,), fresh=True)
    if first is not None:
        do_send(tx, first.row, first.wire, by_bot, first.files)
        tx.run(_FIRST, thread_id=thread.id, message_id=first.row.id)
    elif source:
        _begin_with(tx, started, by_bot=by_bot)
    elif thread.type != ChannelType.PRIVATE_THREAD:
        _announce(tx, started, by_bot=by_bot)
    return get_thread(tx, thread.id)


def do_edit_thread(tx: Tx, thread_id: int, changes: dict[str, Any]) -> ChannelFacts:
    """Change a thread: ``changes`` names fields of ``ThreadFacts``, ``name`` and ``rate_limit_per_user``. Raises NotFound 10003."""
    before = get_thread(tx, thread_id)
    assert before.thread is not None
    if changes.get("archived", before.thread.archived) != before.thread.archived:
        changes = {**changes, "changed_at": tx.now_ms}
    inner = {name: value for name, value in changes.items() if name in _OWN}
    outer = {name: value for name, value in changes.items() if name not in _OWN}
    after = msgspec.structs.replace(before, thread=msgspec.structs.replace(before.thread, **inner), **outer)
    if after == before:
        return before
    columns = {name: msgspec.json.encode(value).decode() if name == "tags" else value for name, value in changes.items()}
    if not changes.get("archived", True):
        columns["active_at"] = tx.now_ms
    tx.execute(update(t.thread).where(t.thread.c.id == thread_id).values(columns))
    members = tuple(list_members(tx, thread_id)) if "archived" in changes and not changes["archived"] else ()
    event = ThreadUpdated(thread=after, before=before, members=members, reason=tx.ctx.audit_reason)
    tx.emit(event, to_channel(thread_id), guild_id=after.guild_id, channel_id=thread_id)
    return after


def do_delete_thread(tx: Tx, thread_id: int) -> ChannelFacts:
    """End a thread; the message it began with shows it no more. Raises NotFound 10003."""
    thread = get_thread(tx, thread_id)
    _delete_rows(tx, (thread_id,))
    event = ThreadDeleted(thread=thread, reason=tx.ctx.audit_reason)
    tx.emit(event, to_channel(thread_id), guild_id=thread.guild_id, channel_id=thread_id)
    do_mark_thread(tx, thread_id, thread.parent_id or 0, None)
    return thread


def do_move_thread(tx: Tx, thread_id: int, parent: ChannelFacts, kind: int) -> ChannelFacts:
    """Put a thread under another channel, which says so; the message it began with stays behind, and shows it no more."""
    before = get_thread(tx, thread_id)
    after = do_edit_thread(tx, thread_id, {"parent_id": parent.id, "type": int(kind), "tags": ()})
    tx.emit(ThreadMoved(thread=after), NOBODY, guild_id=after.guild_id, channel_id=thread_id)
    do_mark_thread(tx, thread_id, before.parent_id or 0, None)
    do_drop_starter(tx, thread_id)
    if parent.type != ChannelType.GUILD_FORUM and kind != ChannelType.PRIVATE_THREAD:
        _announce(tx, after, by_bot=tx.ctx.actor.is_bot)
    return get_thread(tx, thread_id)


def do_end_channel(tx: Tx, channel: ChannelFacts) -> None:
    """A channel ends with its threads."""
    ids = tuple(list_of_channel(tx, channel.id))
    if ids:
        _delete_rows(tx, ids)
        tx.emit(ThreadsEnded(ids=ids), NOBODY, guild_id=channel.guild_id, channel_id=channel.id)


def do_count_sent(tx: Tx, thread_id: int, message_id: int) -> None:
    """One message more."""
    tx.run(_SENT, thread_id=thread_id, message_id=message_id, now_ms=tx.now_ms)


def do_count_removed(tx: Tx, thread_id: int, count: int) -> None:
    """Some messages less."""
    tx.run(_REMOVED, thread_id=thread_id, count=count)


def _begin_with(tx: Tx, thread: ChannelFacts, *, by_bot: bool) -> None:
    """The thread repeats the message it began with, and that message shows the thread."""
    notice = Notice(
        type=MessageType.THREAD_STARTER_MESSAGE,
        channel_id=thread.id,
        guild_id=thread.guild_id,
        author_id=thread.owner_id or 0,
        about=thread.id,
    )
    sent = do_post_notice(tx, notice, author_is_bot=by_bot)
    tx.run(_FIRST, thread_id=thread.id, message_id=sent.id)
    do_mark_thread(tx, thread.id, thread.parent_id or 0, build_thread(get_thread(tx, thread.id)))


def _announce(tx: Tx, thread: ChannelFacts, *, by_bot: bool) -> None:
    """The channel says that a thread began."""
    notice = Notice(
        type=MessageType.THREAD_CREATED,
        channel_id=thread.parent_id or 0,
        guild_id=thread.guild_id,
        author_id=thread.owner_id or 0,
        content=thread.name or "",
        about=thread.id,
    )
    do_post_notice(tx, notice, author_is_bot=by_bot)


def _insert(tx: Tx, thread: ChannelFacts) -> None:
    assert thread.thread is not None
    names = ("id", "type", "guild_id", "parent_id", "owner_id", "name", "rate_limit_per_user", "last_message_id")
    row = {name: getattr(thread, name) for name in names} | msgspec.structs.asdict(thread.thread)
    row["tags"] = msgspec.json.encode(thread.thread.tags).decode()
    tx.execute(insert(t.thread).values(row | {"active_at": tx.now_ms}))


def _delete_rows(tx: Tx, ids: Sequence[int]) -> None:
    do_clear_members(tx, ids)
    tx.execute(delete(t.merged).where(t.merged.c.new_id.in_(ids)))
    tx.execute(delete(t.thread).where(t.thread.c.id.in_(ids)))
