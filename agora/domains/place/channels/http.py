"""REST of channels, direct messages and overwrites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

from agora.domains.place.channels import service
from agora.domains.place.channels.bodies import (
    EditBody,
    NewBody,
    OpenBody,
    PlaceBody,
    SetOverwriteBody,
    read_bits,
    read_defaults,
    read_id,
    read_optional_id,
    read_overwrites,
    read_thread_edit,
)
from agora.domains.place.channels.model import ChannelEdit, NewChannel, Place
from agora.domains.place.channels.ports import ThreadDesk
from agora.domains.place.channels.private import add_recipient, open_private, remove_recipient
from agora.domains.place.channels.wire import AnyChannel, build_channel
from agora.domains.place.permissions import ChannelFacts, Directory, Overwrite, ThreadDefaults, check, check_guild
from agora.kernel.errors import NotFound, invalid
from agora.kernel.http import Bucket, Request, Route
from agora.protocol import payloads
from agora.protocol.channel_types import ChannelType
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

OPEN = Bucket("channels.open", 30, 60.0)


async def list_channels(request: Request) -> list[AnyChannel]:
    """The channels of a guild that the caller sees."""
    guild_id = request.id("guild_id")
    check_guild(request.ctx, 0, guild_id=guild_id)
    seen = request.ctx.app.get(Directory).visible_in(guild_id, request.ctx.actor.user_id)
    return [_built(request, channel) for channel in seen]


async def create_channel(request: Request) -> AnyChannel:
    """Make a channel."""
    body: NewBody = request.body
    new = NewChannel(
        name=body.name,
        type=ChannelType.GUILD_TEXT if body.type is None else body.type,
        topic=body.topic,
        parent_id=None if body.parent_id is None else read_id(body.parent_id, "parent_id"),
        position=body.position,
        nsfw=body.nsfw is True,
        rate_limit_per_user=body.rate_limit_per_user or 0,
        overwrites=read_overwrites(body.permission_overwrites),
        defaults=read_defaults(body, ThreadDefaults(), request.ctx.app.ids),
    )
    channel_id = await service.create_channel(request.ctx, request.id("guild_id"), new)
    return _built(request, _get(request, channel_id))


async def place_channels(request: Request) -> None:
    """Change the order."""
    places = [
        Place(
            id=read_id(each.id, f"{index}.id"),
            position=each.position if isinstance(each.position, int) else UNSET,
            parent_id=read_optional_id(each.parent_id, f"{index}.parent_id"),
            lock_permissions=each.lock_permissions is True,
        )
        for index, each in enumerate(request.body)
    ]
    await service.place_channels(request.ctx, request.id("guild_id"), places)


async def get_channel(request: Request) -> AnyChannel:
    """A channel."""
    return _built(request, check(request.ctx, 0, channel_id=request.id("channel_id")))


async def edit_channel(request: Request) -> AnyChannel:
    """Change a channel."""
    body: EditBody = request.body
    channel = check(request.ctx, 0, channel_id=request.id("channel_id"))
    if channel.thread is not None:
        return _built(request, await _desk(request.ctx).edit(request.ctx, channel, read_thread_edit(body)))
    guild_id = channel.guild_id
    overwrites: tuple[Overwrite, ...] | UnsetType = UNSET
    if body.permission_overwrites is not UNSET and guild_id is not None:
        overwrites = read_overwrites(body.permission_overwrites) or ()
    edit = ChannelEdit(
        name=body.name,
        type=body.type,
        topic=body.topic,
        position=body.position if isinstance(body.position, int) else UNSET,
        parent_id=read_optional_id(body.parent_id, "parent_id"),
        nsfw=body.nsfw if isinstance(body.nsfw, bool) else UNSET,
        rate_limit_per_user=UNSET if body.rate_limit_per_user is UNSET else body.rate_limit_per_user or 0,
        overwrites=overwrites,
        defaults=read_defaults(body, channel.defaults, request.ctx.app.ids),
    )
    return _built(request, await service.edit_channel(request.ctx, request.id("channel_id"), edit))


async def delete_channel(request: Request) -> AnyChannel:
    """End a channel or thread, or leave a group."""
    channel = check(request.ctx, 0, channel_id=request.id("channel_id"))
    if channel.thread is not None:
        return _built(request, await _desk(request.ctx).delete(request.ctx, channel))
    return _built(request, await service.delete_channel(request.ctx, request.id("channel_id")))


async def set_overwrite(request: Request) -> None:
    """Say what a role or member may or may not."""
    body: SetOverwriteBody = request.body
    wanted = Overwrite(request.id("overwrite_id"), body.type, read_bits(body.allow, "allow"), read_bits(body.deny, "deny"))
    await service.set_overwrite(request.ctx, request.id("channel_id"), wanted)


async def delete_overwrite(request: Request) -> None:
    """Take an overwrite away."""
    await service.delete_overwrite(request.ctx, request.id("channel_id"), request.id("overwrite_id"))


async def open_dm(request: Request) -> AnyChannel:
    """The direct message channel with a user, or a group."""
    body: OpenBody = request.body
    texts = body.recipients if body.recipient_id is None else [body.recipient_id]
    if not texts:
        raise invalid("recipient_id", "This field is required", "BASE_TYPE_REQUIRED")
    return _built(request, await open_private(request.ctx, [read_id(text, "recipients") for text in texts]))


async def add_to_group(request: Request) -> None:
    """Take somebody into a group."""
    await add_recipient(request.ctx, request.id("channel_id"), request.id("user_id"))


async def remove_from_group(request: Request) -> None:
    """Put somebody out of a group."""
    await remove_recipient(request.ctx, request.id("channel_id"), request.id("user_id"))


async def list_private(request: Request) -> list[AnyChannel]:
    """The caller's direct messages."""
    directory = request.ctx.app.get(Directory)
    found = (directory.channel(each) for each in directory.private_of(request.ctx.actor.user_id))
    return [_built(request, channel) for channel in found if channel is not None]


def _built(request: Request, channel: ChannelFacts) -> AnyChannel:
    return build_channel(request.ctx.app, channel, request.ctx.actor.user_id)


def _get(request: Request, channel_id: int) -> ChannelFacts:
    channel = request.ctx.app.get(Directory).channel(channel_id)
    if channel is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_CHANNEL], code=ErrorCode.UNKNOWN_CHANNEL)
    return channel


def _desk(ctx: Ctx) -> ThreadDesk:
    return ctx.app.offers(ThreadDesk)[0]


_GUILD = "/api/v10/guilds/{guild_id}/channels"
_CHANNEL = "/api/v10/channels/{channel_id}"
_PERMISSIONS = f"{_CHANNEL}/permissions/{{overwrite_id}}"
_RECIPIENT = f"{_CHANNEL}/recipients/{{user_id}}"
_MINE = "/api/v10/users/@me/channels"

ROUTES = (
    Route(
        method="GET",
        path=_GUILD,
        handler=list_channels,
        summary="The channels the caller sees.",
        answer=list[payloads.GuildChannel],
    ),
    Route(
        method="POST",
        path=_GUILD,
        handler=create_channel,
        summary="Make a channel or category; needs MANAGE_CHANNELS.",
        body=NewBody,
        answer=payloads.GuildChannel,
        status=201,
    ),
    Route(
        method="PATCH",
        path=_GUILD,
        handler=place_channels,
        summary="Change order and categories of channels; needs MANAGE_CHANNELS.",
        body=list[PlaceBody],
        status=204,
    ),
    Route(method="GET", path=_CHANNEL, handler=get_channel, summary="A channel the caller sees.", answer=payloads.GuildChannel),
    Route(
        method="PATCH",
        path=_CHANNEL,
        handler=edit_channel,
        summary="Change a channel or thread; needs MANAGE_CHANNELS, for overwrites MANAGE_ROLES.",
        body=EditBody,
        answer=payloads.GuildChannel,
    ),
    Route(
        method="DELETE",
        path=_CHANNEL,
        handler=delete_channel,
        summary="End a channel (needs MANAGE_CHANNELS) or thread (MANAGE_THREADS), or leave a group.",
        answer=payloads.GuildChannel,
    ),
    Route(
        method="PUT",
        path=_PERMISSIONS,
        handler=set_overwrite,
        summary="Say what a role or member may do in a channel; needs MANAGE_ROLES.",
        body=SetOverwriteBody,
        status=204,
    ),
    Route(
        method="DELETE",
        path=_PERMISSIONS,
        handler=delete_overwrite,
        summary="Take an overwrite away; needs MANAGE_ROLES.",
        status=204,
    ),
    Route(
        method="POST",
        path=_MINE,
        handler=open_dm,
        summary="Open a direct message or a group.",
        body=OpenBody,
        answer=payloads.PrivateChannel,
        bucket=OPEN,
    ),
    Route(
        method="PUT",
        path=_RECIPIENT,
        handler=add_to_group,
        summary="Take somebody into a group whom one shares a community with; anybody in the group may.",
        status=204,
        bucket=OPEN,
    ),
    Route(
        method="DELETE",
        path=_RECIPIENT,
        handler=remove_from_group,
        summary="Put somebody out of a group; its owner may, and anybody may leave.",
        status=204,
    ),
    Route(
        method="GET",
        path=_MINE,
        handler=list_private,
        summary="The caller's direct messages.",
        answer=list[payloads.PrivateChannel],
    ),
)
