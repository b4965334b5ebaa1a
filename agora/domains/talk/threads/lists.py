"""Lists of threads: open ones of a community, archived ones of a channel, and finding one by name or tag."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from agora.domains.place.channels import build_thread, build_thread_member
from agora.domains.place.permissions import ChannelFacts, Directory, check, check_guild
from agora.domains.talk.messages import list_by_ids, list_payloads
from agora.domains.talk.threads.service import HISTORY, MANAGE
from agora.kernel.errors import invalid
from agora.protocol.channel_types import ChannelType
from agora.protocol.payloads import Message, Thread, ThreadMember

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx
    from agora.kernel.tx import Tx


class Threads(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of threads, the reader's memberships of them, and for a forum their first messages."""

    threads: list[Thread]
    members: list[ThreadMember]
    has_more: bool | None = None
    first_messages: list[Message] = []
    total_results: int | None = None


def list_open(ctx: Ctx, guild_id: int) -> Threads:
    """All open threads of a community that the actor sees, the newest first. Raises as ``check_guild``."""
    check_guild(ctx, 0, guild_id=guild_id)
    found = ctx.app.get(Directory).threads_in(guild_id, ctx.actor.user_id)
    return _page(ctx, found[::-1], has_more=False)


def list_archived(ctx: Ctx, channel_id: int, before: str | None, limit: int, *, private: bool) -> Threads:
    """A channel's archived threads, last archived first; ``before`` is an ISO 8601 time. Private ones for who manages threads."""
    channel = check(ctx, HISTORY | MANAGE if private else HISTORY, channel_id=channel_id)
    end = None if before is None else _milliseconds(before)
    found = [
        thread
        for thread in _archived(ctx, channel)
        if (thread.type == ChannelType.PRIVATE_THREAD) == private and (end is None or _changed_at(thread) < end)
    ]
    found.sort(key=_changed_at, reverse=True)
    return _page(ctx, found[:limit], has_more=len(found) > limit)


def list_own_archived(ctx: Ctx, channel_id: int, before: int | None, limit: int) -> Threads:
    """A channel's archived private threads that the actor takes part in, the newest first."""
    channel, directory = check(ctx, HISTORY, channel_id=channel_id), ctx.app.get(Directory)
    found = [
        thread
        for thread in _archived(ctx, channel)
        if thread.type == ChannelType.PRIVATE_THREAD
        and ctx.actor.user_id in directory.thread_members(thread.id)
        and (before is None or thread.id < before)
    ]
    found.sort(key=lambda thread: thread.id, reverse=True)
    return _page(ctx, found[:limit], has_more=len(found) > limit)


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for in a channel. ``by``: ``last_message_time``, ``archive_time``, ``relevance`` or ``creation_time``."""

    name: str = ""
    tags: tuple[int, ...] = ()
    all_tags: bool = False
    archived: bool | None = None
    by: str = "last_message_time"
    ascending: bool = False
    limit: int = 25
    offset: int = 0


async def search(ctx: Ctx, channel_id: int, wanted: Search) -> Threads:
    """A channel's threads by name, tag and state, with their first messages. Raises as ``check``."""
    channel, directory = check(ctx, HISTORY, channel_id=channel_id), ctx.app.get(Directory)
    user_id = ctx.actor.user_id
    found = [
        thread
        for thread in directory.threads(channel.guild_id or 0)
        if thread.parent_id == channel_id and directory.can_view(user_id, thread.id) and _fits(thread, wanted)
    ]
    found.sort(key=lambda thread: _order(thread, wanted.by), reverse=not wanted.ascending)
    shown = found[wanted.offset : wanted.offset + wanted.limit]
    first = await ctx.read(_first_messages, [thread.id for thread in shown], user_id)
    page = _page(ctx, shown, has_more=len(found) > wanted.offset + wanted.limit)
    return msgspec.structs.replace(page, first_messages=first, total_results=len(found))


def _first_messages(tx: Tx, ids: list[int], viewer_id: int) -> list[Message]:
    rows = list_by_ids(tx, ids)
    return list_payloads(tx, [rows[each] for each in ids if each in rows and rows[each].channel_id == each], viewer_id)


def _fits(thread: ChannelFacts, wanted: Search) -> bool:
    facts = thread.thread
    if facts is None or (wanted.archived is not None and facts.archived != wanted.archived):
        return False
    if wanted.tags:
        held = set(wanted.tags) & set(facts.tags)
        if not held or (wanted.all_tags and len(held) < len(set(wanted.tags))):
            return False
    return wanted.name.casefold() in (thread.name or "").casefold()


def _order(thread: ChannelFacts, by: str) -> tuple[Any, ...]:
    pinned = thread.thread is not None and thread.thread.pinned
    if by == "creation_time":
        return (pinned, thread.id)
    if by == "archive_time":
        return (pinned, _changed_at(thread))
    return (pinned, thread.last_message_id or thread.id)


def _archived(ctx: Ctx, channel: ChannelFacts) -> Iterable[ChannelFacts]:
    for thread in ctx.app.get(Directory).threads(channel.guild_id or 0):
        if thread.parent_id == channel.id and thread.thread is not None and thread.thread.archived:
            yield thread


def _changed_at(thread: ChannelFacts) -> int:
    return 0 if thread.thread is None else thread.thread.changed_at


def _page(ctx: Ctx, found: list[ChannelFacts], *, has_more: bool) -> Threads:
    directory, user_id = ctx.app.get(Directory), ctx.actor.user_id
    mine = [(each.id, member) for each in found if (member := directory.thread_members(each.id).get(user_id)) is not None]
    return Threads(
        threads=[build_thread(each, directory.thread_members(each.id).get(user_id)) for each in found],
        members=[build_thread_member(thread_id, member) for thread_id, member in mine],
        has_more=has_more,
    )


def _milliseconds(text: str) -> int:
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise invalid("before", "This is not an ISO 8601 time.", "DATE_TIME_TYPE_PARSE") from None
