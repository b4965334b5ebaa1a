"""Threads that go to another channel, or into another thread. What is linked stays where the link leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.place.permissions import ChannelFacts, Directory, check
from agora.domains.talk.threads.merge_writes import do_begin_merge, do_merge_some
from agora.domains.talk.threads.queries import find_merged, list_unfinished
from agora.domains.talk.threads.service import MANAGE, get_thread
from agora.domains.talk.threads.writes import do_move_thread
from agora.kernel.errors import BadRequest, NotFound, invalid
from agora.protocol.channel_types import ChannelType
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

_ROOMS = {ChannelType.GUILD_TEXT: ChannelType.PUBLIC_THREAD, ChannelType.GUILD_ANNOUNCEMENT: ChannelType.ANNOUNCEMENT_THREAD}


async def move_thread(ctx: Ctx, thread_id: int, parent_id: int) -> ChannelFacts:
    """Put a thread under another channel of its community. Needs MANAGE_THREADS in both.

    A post goes to another forum, any other thread to a text or announcement channel; a private one not to the latter (50024).
    """
    thread = get_thread(ctx, thread_id)
    check(ctx, MANAGE, channel_id=thread_id)
    target = check(ctx, MANAGE, channel_id=parent_id)
    if target.guild_id != thread.guild_id:
        raise invalid("parent_id", "The channel belongs to another community.", "CHANNEL_PARENT_INVALID")
    kind = _kind_in(ctx, thread, target)
    if target.id == thread.parent_id:
        return thread
    return await ctx.write(do_move_thread, thread_id, target, kind)


async def merge_threads(ctx: Ctx, thread_id: int, into_id: int) -> ChannelFacts:
    """Put all that was said in one thread into another one of its community, by time; returns the latter.

    Needs MANAGE_THREADS in both. What was said in private is not shown to others: a private thread goes only into a private one.
    """
    old, new = get_thread(ctx, thread_id), get_thread(ctx, into_id)
    check(ctx, MANAGE, channel_id=thread_id)
    check(ctx, MANAGE, channel_id=into_id)
    if old.id == new.id or old.guild_id != new.guild_id:
        raise invalid("thread_id", "This must be another thread of the same community.", "CHANNEL_PARENT_INVALID")
    if old.type == ChannelType.PRIVATE_THREAD != new.type:
        raise _wrong_kind()
    await ctx.write(do_begin_merge, old.id, new.id)
    await _finish(ctx, old.id, new.id)
    return get_thread(ctx, into_id)


async def finish_merges(ctx: Ctx) -> None:
    """Go on with what a crash has cut short."""
    for old_id, new_id in await ctx.read(list_unfinished):
        await _finish(ctx, old_id, new_id)


async def find_place(ctx: Ctx, channel_id: int) -> ChannelFacts:
    """Where what was said in a thread that is gone is now, for who may see it. Raises NotFound 10003, Forbidden 50001."""
    found = await ctx.read(find_merged, channel_id)
    if found is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_CHANNEL], code=ErrorCode.UNKNOWN_CHANNEL)
    return check(ctx, 0, channel_id=found)


async def _finish(ctx: Ctx, old_id: int, new_id: int) -> None:
    while await ctx.write(do_merge_some, old_id, new_id):
        pass


def _kind_in(ctx: Ctx, thread: ChannelFacts, target: ChannelFacts) -> int:
    """Which type the thread has there."""
    parent = ctx.app.get(Directory).channel(thread.parent_id or 0)
    is_post = parent is not None and parent.type == ChannelType.GUILD_FORUM
    if is_post and target.type == ChannelType.GUILD_FORUM:
        return thread.type
    if is_post or target.type not in _ROOMS:
        raise _wrong_kind()
    if thread.type != ChannelType.PRIVATE_THREAD:
        return _ROOMS[ChannelType(target.type)]
    if target.type == ChannelType.GUILD_ANNOUNCEMENT:
        raise _wrong_kind()
    return thread.type


def _wrong_kind() -> BadRequest:
    code = ErrorCode.CANNOT_EXECUTE_ON_CHANNEL_TYPE
    return BadRequest(MESSAGES[code], code=code)
