"""Direct messages, of two or in a group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agora.domains.place.accounts import Users
from agora.domains.place.channels.writes import do_open_private
from agora.domains.place.permissions import ChannelFacts, Directory
from agora.kernel.errors import BadRequest, NotFound
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

MAX_GROUP = 10


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
