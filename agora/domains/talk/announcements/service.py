"""Use cases: follow a channel, publish a message."""

from __future__ import annotations

from agora.domains.place.permissions import ChannelFacts, Directory, check
from agora.domains.talk.announcements.carry import check_carried
from agora.domains.talk.announcements.writes import do_follow, do_publish
from agora.domains.talk.messages import check_place, find_message
from agora.domains.talk.webhooks import MAX_NAME, Webhook, check_target
from agora.kernel.ctx import Ctx
from agora.kernel.errors import BadRequest, Forbidden, NotFound, invalid
from agora.protocol.channel_types import ChannelType
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import Permission

_VIEW, _SEND, _MANAGE = int(Permission.VIEW_CHANNEL), int(Permission.SEND_MESSAGES), int(Permission.MANAGE_MESSAGES)


async def follow(ctx: Ctx, channel_id: int, target_id: int) -> int:
    """Let a channel get what is published in another one; returns the id of the webhook through which it comes.

    Twice is the same follower. Raises 10003, 50001 (either channel), 50013 (no webhooks to manage), 50024 (no announcement channel,
    or a target that cannot follow), 50035 (itself), 30007 (the target has its fill of webhooks).
    """
    source = _check_source(check(ctx, _VIEW, channel_id=channel_id))
    target = check_target(ctx, target_id)
    if target.id == source.id:
        raise invalid("webhook_channel_id", "A channel cannot follow itself.", "CHANNEL_FOLLOWING_SELF")
    assert source.guild_id is not None and target.guild_id is not None
    guild = ctx.app.get(Directory).guild(source.guild_id)
    webhook = Webhook(
        id=ctx.app.ids.next(),
        guild_id=target.guild_id,
        channel_id=target.id,
        creator_id=ctx.actor.user_id,
        name=f"{'' if guild is None else guild.name} #{source.name}".strip()[:MAX_NAME],
        avatar=None if guild is None else guild.icon,
        source_channel_id=source.id,
        source_guild_id=source.guild_id,
    )
    return await ctx.write(do_follow, webhook)


async def publish(ctx: Ctx, channel_id: int, message_id: int) -> None:
    """Give a message to all who follow its channel. Raises 50024 elsewhere than in an announcement channel, 50013 where the actor
    may not write, or manage messages when it is another's, 10008, 50068 (nothing that can be carried), 40033 (done already).
    """
    place = check_place(ctx, channel_id)
    _check_source(place.channel)
    row = await ctx.read(find_message, message_id, channel_id)
    needed = _SEND if row is not None and row.author_id == ctx.actor.user_id else _SEND | _MANAGE
    if needed & ~place.bits:
        raise Forbidden(MESSAGES[ErrorCode.MISSING_PERMISSIONS], code=ErrorCode.MISSING_PERMISSIONS)
    if row is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_MESSAGE], code=ErrorCode.UNKNOWN_MESSAGE)
    check_carried(row)
    await ctx.write(do_publish, message_id, channel_id)


def _check_source(channel: ChannelFacts) -> ChannelFacts:
    if channel.type != ChannelType.GUILD_ANNOUNCEMENT:
        code = ErrorCode.CANNOT_EXECUTE_ON_CHANNEL_TYPE
        raise BadRequest(MESSAGES[code], code=code)
    return channel
