"""Direct messages, of two or in a group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agora.domains.place.accounts import Users
from agora.domains.place.channels.group_writes import MAX_GROUP, do_add_recipient, do_leave_group, do_remove_recipient
from agora.domains.place.channels.writes import do_open_private
from agora.domains.place.permissions import ChannelFacts, Directory, check
from agora.kernel.errors import BadRequest, NotFound
from agora.protocol.channel_types import ChannelType
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx


async def open_dm(ctx: Ctx, user_ids: Sequence[int]) -> int:
    """The id of the channel with these users, the actor or (for the server itself) only they.

    Two users have one channel, made the first time; more always make a new group. Raises NotFound 10013, BadRequest 50033.
    """
    return (await open_private(ctx, user_ids)).id


async def open_private(ctx: Ctx, user_ids: Sequence[int]) -> ChannelFacts:
    """As ``open_dm``, the channel itself."""
    users, directory = ctx.app.get(Users), ctx.app.get(Directory)
    wanted = list(dict.fromkeys(user_ids))
    for user_id in wanted:
        if users.get(user_id) is None:
            raise NotFound(MESSAGES[ErrorCode.UNKNOWN_USER], code=ErrorCode.UNKNOWN_USER)
    creator_id = ctx.actor.user_id or (wanted[0] if wanted else 0)
    everybody = {creator_id, *wanted}
    if not 2 <= len(everybody) <= MAX_GROUP:
        raise BadRequest(MESSAGES[ErrorCode.INVALID_RECIPIENTS], code=ErrorCode.INVALID_RECIPIENTS)
    if len(everybody) == 2:
        for channel_id in directory.private_of(creator_id):
            known = directory.channel(channel_id)
            if known is not None and set(known.recipients) == everybody and known.owner_id is None:
                return known
    return await ctx.write(do_open_private, creator_id, wanted)


async def add_recipient(ctx: Ctx, channel_id: int, user_id: int) -> ChannelFacts:
    """Take somebody into a group: anybody in it may, and only whom they share a community with.

    Raises NotFound 10003, or 10013 for an account that is not there or that the actor meets nowhere; BadRequest 50024 or 30004.
    """
    _check_group(ctx, channel_id)
    if not _meets(ctx, user_id):
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_USER], code=ErrorCode.UNKNOWN_USER)
    return await ctx.write(do_add_recipient, channel_id, user_id)


async def remove_recipient(ctx: Ctx, channel_id: int, user_id: int) -> ChannelFacts:
    """Put somebody out of a group, as its owner, or leave it. Raises NotFound 10003 or 10013, Forbidden 50013, BadRequest 50024."""
    _check_group(ctx, channel_id)
    if user_id == ctx.actor.user_id:
        return await ctx.write(do_leave_group, channel_id, user_id)
    return await ctx.write(do_remove_recipient, channel_id, user_id)


def _check_group(ctx: Ctx, channel_id: int) -> None:
    if check(ctx, 0, channel_id=channel_id).type != ChannelType.GROUP_DM:
        code = ErrorCode.CANNOT_EXECUTE_ON_CHANNEL_TYPE
        raise BadRequest(MESSAGES[code], code=code)


def _meets(ctx: Ctx, user_id: int) -> bool:
    if ctx.app.get(Users).get(user_id) is None:
        return False
    directory = ctx.app.get(Directory)
    shared = set(directory.guilds_of(ctx.actor.user_id)).intersection(directory.guilds_of(user_id))
    return ctx.actor.via == "internal" or user_id == ctx.actor.user_id or bool(shared)
