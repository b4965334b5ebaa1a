"""Channels as Discord writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from agora.domains.place.accounts import Users, build_user
from agora.domains.place.permissions import ChannelFacts, Overwrite
from agora.protocol import payloads
from agora.protocol.channel_types import ChannelType

if TYPE_CHECKING:
    from agora.kernel.app import App

AnyChannel = payloads.GuildChannel | payloads.PrivateChannel


def build_channel(app: App, channel: ChannelFacts, viewer_id: int = 0) -> AnyChannel:
    """A channel; of a direct message the recipients are all but the reader ``viewer_id``."""
    if channel.guild_id is not None:
        return build_guild_channel(channel)
    last = None if channel.last_message_id is None else str(channel.last_message_id)
    users = app.get(Users)
    others = (users.get(user_id) for user_id in channel.recipients if user_id != viewer_id)
    recipients = tuple(build_user(user) for user in others if user is not None)
    if channel.type == ChannelType.GROUP_DM:
        return payloads.GroupChannel(
            id=str(channel.id),
            recipients=recipients,
            last_message_id=last,
            owner_id=str(channel.owner_id),
            name=channel.name,
        )
    return payloads.PrivateChannel(id=str(channel.id), recipients=recipients, last_message_id=last)


def build_guild_channel(channel: ChannelFacts) -> payloads.GuildChannel:
    """A text channel or category."""
    is_text = channel.type == ChannelType.GUILD_TEXT
    last = None if channel.last_message_id is None else str(channel.last_message_id)
    return payloads.GuildChannel(
        id=str(channel.id),
        type=channel.type,
        guild_id=str(channel.guild_id),
        name=channel.name or "",
        position=channel.position,
        parent_id=None if channel.parent_id is None else str(channel.parent_id),
        topic=channel.topic if is_text else UNSET,
        last_message_id=last if is_text else UNSET,
        rate_limit_per_user=channel.rate_limit_per_user if is_text else UNSET,
        nsfw=channel.nsfw,
        permission_overwrites=tuple(build_overwrite(o) for o in channel.overwrites),
    )


def build_overwrite(o: Overwrite) -> payloads.Overwrite:
    """An overwrite."""
    return payloads.Overwrite(id=str(o.id), type=o.type, allow=str(o.allow), deny=str(o.deny))
