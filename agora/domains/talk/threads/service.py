"""Beginning, changing and ending threads, and saying something in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

from agora.domains.place.channels import ThreadEdit
from agora.domains.place.permissions import ChannelFacts, Directory, ThreadFacts, check
from agora.domains.talk.messages import Draft, Outgoing, Place, check_place, compose_whole, find_message
from agora.domains.talk.threads.writes import First, do_delete_thread, do_edit_thread, do_start
from agora.kernel.auth import SYSTEM
from agora.kernel.errors import BadRequest, Forbidden, NotFound, invalid
from agora.protocol.channel_types import ChannelType
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.message_types import MessageType
from agora.protocol.permissions import ALL, Permission

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

MAX_NAME = 100
MAX_TAGS = 5
USUAL_ARCHIVE_MIN = 4320
MANAGE = int(Permission.MANAGE_THREADS)
SPEAK = int(Permission.SEND_MESSAGES_IN_THREADS)
HISTORY = int(Permission.READ_MESSAGE_HISTORY)
PUBLIC, PRIVATE = int(Permission.CREATE_PUBLIC_THREADS), int(Permission.CREATE_PRIVATE_THREADS)
_HUMAN = (MessageType.DEFAULT, MessageType.REPLY)


class NewThread(msgspec.Struct, frozen=True, kw_only=True):
    """A thread to begin. ``auto_archive_min`` None takes the channel's; ``private`` ones are seen by who was asked in."""

    name: str
    auto_archive_min: int | None = None
    rate_limit_per_user: int | None = None
    private: bool = False
    invitable: bool = True
    tags: tuple[int, ...] = ()


async def start_from_message(ctx: Ctx, channel_id: int, message_id: int, new: NewThread) -> ChannelFacts:
    """Begin a thread with a message. Raises NotFound 10003 or 10008, Forbidden, BadRequest 160004 when it has one."""
    channel = check(ctx, PUBLIC | HISTORY, channel_id=channel_id)
    kind = _public_kind(channel)
    row = await ctx.read(find_message, message_id, channel_id)
    if row is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_MESSAGE], code=ErrorCode.UNKNOWN_MESSAGE)
    if row.type not in _HUMAN:
        raise Forbidden(MESSAGES[ErrorCode.SYSTEM_MESSAGE], code=ErrorCode.SYSTEM_MESSAGE)
    thread = _build(ctx, channel, kind, new, message_id)
    return await ctx.write(do_start, thread, by_bot=ctx.actor.is_bot, source=True)


async def start(ctx: Ctx, channel_id: int, new: NewThread) -> ChannelFacts:
    """Begin a thread without a message, for everybody or a private one. Raises NotFound 10003, Forbidden, BadRequest."""
    channel = check(ctx, PRIVATE if new.private else PUBLIC, channel_id=channel_id)
    kind = _public_kind(channel)
    if new.private:
        if channel.type == ChannelType.GUILD_ANNOUNCEMENT:
            raise _wrong_kind()
        kind = ChannelType.PRIVATE_THREAD
    thread = _build(ctx, channel, kind, new, ctx.app.ids.next())
    return await ctx.write(do_start, thread, by_bot=ctx.actor.is_bot)


async def post(ctx: Ctx, channel_id: int, new: NewThread, draft: Draft) -> tuple[ChannelFacts, bytes]:
    """A post in a forum: a thread with its first message, which has the thread's id. Returns both.

    Raises NotFound 10003, Forbidden, BadRequest; 40067 when the forum wants a tag.
    """
    forum = check(ctx, Permission.SEND_MESSAGES, channel_id=channel_id)
    if forum.type != ChannelType.GUILD_FORUM:
        raise _wrong_kind()
    bits = ALL if ctx.actor == SYSTEM else ctx.app.get(Directory).permissions(ctx.actor.user_id, channel_id)
    if forum.defaults.require_tag and not new.tags and not bits & MANAGE:
        raise BadRequest(MESSAGES[ErrorCode.TAG_REQUIRED], code=ErrorCode.TAG_REQUIRED)
    _check_tags(forum, new.tags, bits)
    planned = _build(ctx, forum, ChannelType.PUBLIC_THREAD, new, 0)
    row, wire, files = await compose_whole(ctx, Place(forum, bits), draft, opens=True)
    thread = msgspec.structs.replace(planned, id=row.id)
    made = await ctx.write(do_start, thread, by_bot=ctx.actor.is_bot, first=First(row, wire, files))
    return made, wire


async def edit_thread(ctx: Ctx, thread: ChannelFacts, edit: ThreadEdit) -> ChannelFacts:
    """Change a thread: its owner most of it, who manages threads all. An archived one must be opened first (50083)."""
    facts, bits = thread.thread, _bits(ctx, thread.id)
    assert facts is not None
    changes: dict[str, Any] = {
        name: value
        for name in ("archived", "locked", "invitable", "auto_archive_min", "rate_limit_per_user", "tags", "pinned")
        if (value := getattr(edit, name)) is not UNSET
    }
    if edit.name is not UNSET:
        changes["name"] = check_name(edit.name)
    if not bits & MANAGE:
        _check_own(ctx, thread, facts, changes, bits)
    if "tags" in changes:
        _check_tags(_parent(ctx, thread), changes["tags"], bits, facts.tags)
    if facts.archived and changes.get("archived", True) and changes.keys() - {"archived", "locked"}:
        raise BadRequest(MESSAGES[ErrorCode.THREAD_ARCHIVED], code=ErrorCode.THREAD_ARCHIVED)
    return await ctx.write(do_edit_thread, thread.id, changes) if changes else thread


async def delete_thread(ctx: Ctx, thread: ChannelFacts) -> ChannelFacts:
    """End a thread. Raises Forbidden 50013."""
    check(ctx, MANAGE, channel_id=thread.id)
    return await ctx.write(do_delete_thread, thread.id)


async def check_open(ctx: Ctx, outgoing: Outgoing) -> Outgoing:
    """Before a message is sent: in a locked thread only who manages threads speaks. Raises 50083 or 160005."""
    thread = ctx.app.get(Directory).channel(outgoing.channel_id)
    if thread is None or thread.thread is None or not thread.thread.locked or _bits(ctx, thread.id) & MANAGE:
        return outgoing
    code = ErrorCode.THREAD_ARCHIVED if thread.thread.archived else ErrorCode.THREAD_LOCKED
    raise Forbidden(MESSAGES[code], code=code)


def get_thread(ctx: Ctx, thread_id: int) -> ChannelFacts:
    """A thread the actor sees. Raises NotFound 10003, Forbidden 50001, BadRequest 50024 for any other channel."""
    thread = check(ctx, 0, channel_id=thread_id)
    if thread.thread is None:
        raise _wrong_kind()
    return thread


def check_name(name: str) -> str:
    """The trimmed name of a thread. Raises BadRequest on the field ``name``."""
    shown = " ".join(name.split())
    if not 1 <= len(shown) <= MAX_NAME or not shown.isprintable():
        raise invalid("name", f"Must be between 1 and {MAX_NAME} in length.", "BASE_TYPE_BAD_LENGTH")
    return shown


def _check_own(ctx: Ctx, thread: ChannelFacts, facts: ThreadFacts, changes: dict[str, Any], bits: int) -> None:
    """What is allowed without managing threads: anybody who may speak opens an archived one, the owner does the rest."""
    if changes == {"archived": False} and not facts.locked and bits & SPEAK:
        return
    mine = thread.owner_id == ctx.actor.user_id
    if not mine or facts.locked or changes.keys() & {"locked", "rate_limit_per_user", "pinned"}:
        raise Forbidden(MESSAGES[ErrorCode.MISSING_PERMISSIONS], code=ErrorCode.MISSING_PERMISSIONS)


def _check_tags(forum: ChannelFacts, wanted: tuple[int, ...], bits: int, before: tuple[int, ...] = ()) -> None:
    known = {tag.id: tag for tag in forum.defaults.tags}
    if len(wanted) > MAX_TAGS:
        raise invalid("applied_tags", f"Must be {MAX_TAGS} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    if set(wanted) - known.keys():
        raise invalid("applied_tags", "Unknown tag", "BASE_TYPE_CHOICES")
    if not bits & MANAGE and any(known[tag].moderated for tag in set(wanted) ^ set(before) if tag in known):
        raise Forbidden(MESSAGES[ErrorCode.MISSING_PERMISSIONS], code=ErrorCode.MISSING_PERMISSIONS)


def _build(ctx: Ctx, channel: ChannelFacts, kind: int, new: NewThread, thread_id: int) -> ChannelFacts:
    now, defaults = ctx.app.clock.now_ms(), channel.defaults
    pause = defaults.rate_limit_per_user if new.rate_limit_per_user is None else new.rate_limit_per_user
    return ChannelFacts(
        id=thread_id,
        type=int(kind),
        guild_id=channel.guild_id,
        parent_id=channel.id,
        name=check_name(new.name),
        rate_limit_per_user=pause,
        owner_id=ctx.actor.user_id,
        thread=ThreadFacts(
            created_at=now,
            changed_at=now,
            invitable=new.invitable,
            auto_archive_min=new.auto_archive_min or defaults.auto_archive_min or USUAL_ARCHIVE_MIN,
            tags=new.tags,
        ),
    )


def _public_kind(channel: ChannelFacts) -> ChannelType:
    if channel.type == ChannelType.GUILD_TEXT:
        return ChannelType.PUBLIC_THREAD
    if channel.type == ChannelType.GUILD_ANNOUNCEMENT:
        return ChannelType.ANNOUNCEMENT_THREAD
    raise _wrong_kind()


def _parent(ctx: Ctx, thread: ChannelFacts) -> ChannelFacts:
    parent = ctx.app.get(Directory).channel(thread.parent_id or 0)
    if parent is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_CHANNEL], code=ErrorCode.UNKNOWN_CHANNEL)
    return parent


def _bits(ctx: Ctx, channel_id: int) -> int:
    # only the server itself stands above permissions
    return ALL if ctx.actor.via == "internal" else check_place(ctx, channel_id).bits


def _wrong_kind() -> BadRequest:
    code = ErrorCode.CANNOT_EXECUTE_ON_CHANNEL_TYPE
    return BadRequest(MESSAGES[code], code=code)
