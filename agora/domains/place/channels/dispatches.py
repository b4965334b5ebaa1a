"""What gateway clients hear of channels, and what they are told when they connect.

https://discord.com/developers/docs/events/gateway-events#channels
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from agora.domains.place.accounts import User, Users, UserUpdated, build_user
from agora.domains.place.channels.events import ChannelCreated, ChannelDeleted, ChannelUpdated
from agora.domains.place.channels.wire import AnyChannel, build_channel, build_guild_channel
from agora.domains.place.permissions import ChannelFacts, Directory
from agora.gateway.ports import ChannelObject, GuildPart, ReadyPart, SightChange, Spread
from agora.kernel.events import Audience, Recorded, to_channel, to_users
from agora.kernel.http import encode
from agora.protocol.intents import Intent

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.ctx import Ctx

Payloads = Sequence[tuple[Audience, bytes]]


async def private_part(ctx: Ctx) -> list[AnyChannel]:
    """READY's ``private_channels``."""
    directory, user_id = ctx.app.get(Directory), ctx.actor.user_id
    found = (directory.channel(each) for each in directory.private_of(user_id))
    return [build_channel(ctx.app, channel, user_id) for channel in found if channel is not None]


async def channels_part(ctx: Ctx, guild_id: int) -> list[AnyChannel]:
    """GUILD_CREATE's ``channels``: those the reader sees."""
    seen = ctx.app.get(Directory).visible_in(guild_id, ctx.actor.user_id)
    return [build_guild_channel(channel) for channel in seen]


def created_payloads(app: App, recorded: Recorded) -> Payloads:
    """CHANNEL_CREATE."""
    event = recorded.event
    assert isinstance(event, ChannelCreated)
    return _told(app, event.channel, event.channel.recipients)


def updated_payloads(app: App, recorded: Recorded) -> Payloads:
    """CHANNEL_UPDATE, for who took part before and still does. That people came or went has events of its own."""
    event = recorded.event
    assert isinstance(event, ChannelUpdated)
    before, after = event.before, event.channel
    if before.recipients != after.recipients and msgspec.structs.replace(before, recipients=after.recipients) == after:
        return ()
    return _told(app, after, [each for each in after.recipients if each in before.recipients])


def joined_payloads(app: App, recorded: Recorded) -> Payloads:
    """CHANNEL_CREATE for who was taken into a group."""
    event = recorded.event
    assert isinstance(event, ChannelUpdated)
    added = _beyond(event.channel, event.before)
    return _told(app, event.channel, added) if added else ()


def recipient_added_payloads(app: App, recorded: Recorded) -> Payloads:
    """CHANNEL_RECIPIENT_ADD, for the others in the group."""
    event = recorded.event
    assert isinstance(event, ChannelUpdated)
    return _named(app, event.channel, _beyond(event.channel, event.before), event.before.recipients)


def recipient_removed_payloads(app: App, recorded: Recorded) -> Payloads:
    """CHANNEL_RECIPIENT_REMOVE, for who is left in the group."""
    event = recorded.event
    assert isinstance(event, ChannelUpdated)
    return _named(app, event.channel, _beyond(event.before, event.channel), event.channel.recipients)


def left_payloads(app: App, recorded: Recorded) -> Payloads:
    """CHANNEL_DELETE for who left a group."""
    event = recorded.event
    assert isinstance(event, ChannelUpdated)
    gone = _beyond(event.before, event.channel)
    return _told(app, event.before, gone) if gone else ()


def deleted_payloads(app: App, recorded: Recorded) -> Payloads:
    """CHANNEL_DELETE, for who saw the channel."""
    event = recorded.event
    assert isinstance(event, ChannelDeleted)
    return _told(app, event.channel, event.channel.recipients)


def renamed_payloads(app: App, recorded: Recorded) -> Payloads:
    """CHANNEL_UPDATE: a changed account is a changed recipient of its direct messages."""
    event = recorded.event
    assert isinstance(event, UserUpdated)
    directory, told = app.get(Directory), []
    for channel_id in directory.private_of(event.user.id):
        channel = directory.channel(channel_id)
        if channel is not None:
            told += _told(app, channel, [each for each in channel.recipients if each != event.user.id])
    return told


def channel_object(app: App, channel_id: int) -> bytes | None:
    """A guild channel as it is now."""
    channel = app.get(Directory).channel(channel_id)
    if channel is None or channel.guild_id is None or channel.thread is not None:
        return None
    return encode(build_guild_channel(channel))


def sight_guild(app: App, recorded: Recorded) -> int | None:
    """The guild in which members may now see other channels; None when no overwrite changed."""
    event = recorded.event
    assert isinstance(event, ChannelUpdated)
    return event.channel.guild_id if event.channel.overwrites != event.before.overwrites else None


def _told(app: App, channel: ChannelFacts, recipients: Sequence[int]) -> list[tuple[Audience, bytes]]:
    """One payload for a guild; for direct messages one each, because nobody is among their own recipients."""
    if channel.guild_id is not None:
        return [(to_channel(channel.id), encode(build_guild_channel(channel)))]
    return [(to_users(each), encode(build_channel(app, channel, each))) for each in recipients]


def _beyond(channel: ChannelFacts, other: ChannelFacts) -> list[int]:
    """Who takes part in one state of a group and not in the other."""
    return sorted(set(channel.recipients) - set(other.recipients))


def _named(app: App, channel: ChannelFacts, user_ids: Sequence[int], readers: Sequence[int]) -> Payloads:
    """An event of a recipient: the channel and the user, one payload for each user."""
    users = app.get(Users)
    found = (users.get(user_id) or User(id=user_id, username="deleted_user") for user_id in user_ids)
    return [(to_users(*readers), encode({"channel_id": str(channel.id), "user": build_user(user)})) for user in found]


GUILDS, DIRECT = int(Intent.GUILDS), int(Intent.DIRECT_MESSAGES)

OFFERS = (
    ReadyPart(key="private_channels", build=private_part),
    GuildPart(key="channels", build=channels_part),
    ChannelObject(build=channel_object),
    Spread(event=ChannelCreated, name="CHANNEL_CREATE", payloads=created_payloads, intent=GUILDS, dm_intent=DIRECT),
    Spread(event=ChannelUpdated, name="CHANNEL_UPDATE", payloads=updated_payloads, intent=GUILDS, dm_intent=DIRECT),
    Spread(event=ChannelUpdated, name="CHANNEL_CREATE", payloads=joined_payloads, dm_intent=DIRECT),
    Spread(event=ChannelUpdated, name="CHANNEL_RECIPIENT_ADD", payloads=recipient_added_payloads, dm_intent=DIRECT),
    Spread(event=ChannelUpdated, name="CHANNEL_RECIPIENT_REMOVE", payloads=recipient_removed_payloads, dm_intent=DIRECT),
    Spread(event=ChannelUpdated, name="CHANNEL_DELETE", payloads=left_payloads, intent=GUILDS, dm_intent=DIRECT),
    Spread(event=ChannelDeleted, name="CHANNEL_DELETE", payloads=deleted_payloads, intent=GUILDS, dm_intent=DIRECT),
    Spread(event=UserUpdated, name="CHANNEL_UPDATE", payloads=renamed_payloads, dm_intent=DIRECT),
    SightChange(event=ChannelUpdated, guild_of=sight_guild),
)
