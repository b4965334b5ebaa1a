"""Taking part in threads: joining, leaving, asking others in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.place.permissions import ChannelFacts, Directory, ThreadMember, check
from agora.domains.talk.threads.member_writes import do_add_members, do_remove_member, do_set_flags
from agora.domains.talk.threads.service import MANAGE, SPEAK, get_thread
from agora.kernel.errors import BadRequest, Forbidden, NotFound
from agora.protocol.channel_types import ChannelType
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx


async def join(ctx: Ctx, thread_id: int) -> None:
    """Take part. Raises NotFound 10003, Forbidden 50001, BadRequest 50083 when it is archived."""
    thread = _open_thread(ctx, thread_id)
    await ctx.write(do_add_members, thread, (ctx.actor.user_id,))


async def leave(ctx: Ctx, thread_id: int) -> None:
    """Take part no more. Raises NotFound 10003, Forbidden 50001, BadRequest 50083 when it is archived."""
    thread = _open_thread(ctx, thread_id)
    await ctx.write(do_remove_member, thread, ctx.actor.user_id)


async def add(ctx: Ctx, thread_id: int, user_id: int) -> None:
    """Ask somebody in who sees the channel. Into a private thread that its members may not invite to, who manages threads does.

    Raises NotFound 10003 or 10007, Forbidden, BadRequest 50083.
    """
    thread = _open_thread(ctx, thread_id)
    check(ctx, SPEAK, channel_id=thread_id)
    assert thread.thread is not None
    if thread.type == ChannelType.PRIVATE_THREAD and not thread.thread.invitable and thread.owner_id != ctx.actor.user_id:
        check(ctx, MANAGE, channel_id=thread_id)
    if not ctx.app.get(Directory).can_view(user_id, thread.parent_id or 0):
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_MEMBER], code=ErrorCode.UNKNOWN_MEMBER)
    await ctx.write(do_add_members, thread, (user_id,))


async def remove(ctx: Ctx, thread_id: int, user_id: int) -> None:
    """Take somebody out: who manages threads does, and the owner of a private one. Raises as ``add``."""
    thread = _open_thread(ctx, thread_id)
    if not (thread.type == ChannelType.PRIVATE_THREAD and thread.owner_id == ctx.actor.user_id):
        check(ctx, MANAGE, channel_id=thread_id)
    await ctx.write(do_remove_member, thread, user_id)


async def set_flags(ctx: Ctx, thread_id: int, flags: int) -> ThreadMember:
    """Say how much one wants to hear of a thread. Raises NotFound 10003 or 10007."""
    thread = get_thread(ctx, thread_id)
    before = get_thread_member(ctx, thread, ctx.actor.user_id)
    member = ThreadMember(before.user_id, before.joined_at, flags)
    await ctx.write(do_set_flags, thread, member)
    return member


def get_thread_member(ctx: Ctx, thread: ChannelFacts, user_id: int) -> ThreadMember:
    """A membership. Raises NotFound 10007."""
    member = ctx.app.get(Directory).thread_members(thread.id).get(user_id)
    if member is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_MEMBER], code=ErrorCode.UNKNOWN_MEMBER)
    return member


def list_thread_members(ctx: Ctx, thread: ChannelFacts, after: int, limit: int) -> list[ThreadMember]:
    """Memberships by user id, after this one."""
    known = ctx.app.get(Directory).thread_members(thread.id)
    return [known[user_id] for user_id in sorted(known) if user_id > after][:limit]


def _open_thread(ctx: Ctx, thread_id: int) -> ChannelFacts:
    thread = get_thread(ctx, thread_id)
    if thread.thread is not None and thread.thread.archived:
        raise BadRequest(MESSAGES[ErrorCode.THREAD_ARCHIVED], code=ErrorCode.THREAD_ARCHIVED)
    if ctx.actor.via == "internal" and not ctx.actor.user_id:
        raise Forbidden(MESSAGES[ErrorCode.MISSING_ACCESS], code=ErrorCode.MISSING_ACCESS)
    return thread
