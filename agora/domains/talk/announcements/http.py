"""REST: https://discord.com/developers/docs/resources/channel#follow-announcement-channel and …/message#crosspost-message."""

from __future__ import annotations

import msgspec

from agora.domains.talk.messages import read_one
from agora.kernel.access import needs
from agora.kernel.errors import invalid
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.ids import Id, parse
from agora.protocol.payloads import Message
from agora.protocol.permissions import Permission

CHANNEL = "/api/v10/channels/{channel_id}"
SEE = needs(int(Permission.VIEW_CHANNEL))
_FOLLOW = Bucket("announcements.follow", 10, 60.0)
# Discord lets ten messages an hour out of a channel.
_PUBLISH = Bucket("announcements.crosspost", 10, 3600.0, by="channel_id")


class FollowBody(msgspec.Struct, frozen=True):
    """Where to."""

    webhook_channel_id: Id


class FollowedChannel(msgspec.Struct, frozen=True):
    """The channel that is followed, and the webhook in the other one."""

    channel_id: str
    webhook_id: str


async def post_follower(request: Request) -> FollowedChannel:
    """Follow."""
    from agora.domains.talk.announcements.service import follow

    target_id = parse(request.body.webhook_channel_id)
    if target_id is None:
        raise invalid("webhook_channel_id", "Value is not snowflake.", "NUMBER_TYPE_COERCE")
    channel_id = request.id("channel_id")
    return FollowedChannel(str(channel_id), str(await follow(request.ctx, channel_id, target_id)))


async def post_crosspost(request: Request) -> bytes:
    """Publish; the answer is read back."""
    from agora.domains.talk.announcements.service import publish

    channel_id, message_id = request.id("channel_id"), request.id("message_id")
    await publish(request.ctx, channel_id, message_id)
    return await read_one(request.ctx, channel_id, message_id)


ROUTES = (
    Route(
        method="POST",
        path=CHANNEL + "/followers",
        handler=post_follower,
        summary="Let a channel get what is published in an announcement channel.",
        access=SEE,
        body=FollowBody,
        answer=FollowedChannel,
        bucket=_FOLLOW,
    ),
    Route(
        method="POST",
        path=CHANNEL + "/messages/{message_id}/crosspost",
        handler=post_crosspost,
        summary="Publish a message to all channels that follow.",
        access=SEE,
        answer=Message,
        bucket=_PUBLISH,
    ),
)
