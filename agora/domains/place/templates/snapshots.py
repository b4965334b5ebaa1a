"""From a community to its snapshot, and from a snapshot to the parts of a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from agora.domains.place.permissions import (
    ChannelFacts,
    Directory,
    GuildFacts,
    Overwrite,
    RoleFacts,
    Tag,
    ThreadDefaults,
)
from agora.domains.place.templates.model import EVERYONE, ChannelShot, OverwriteShot, RoleShot, Snapshot
from agora.protocol.channel_types import ChannelType, OverwriteType

if TYPE_CHECKING:
    from agora.kernel.ids import Snowflakes


def take_snapshot(directory: Directory, guild: GuildFacts, viewer_id: int) -> Snapshot:
    """The community as it is now, without bots' roles and without the channels that ``viewer_id`` may not see."""
    kept = [role for role in directory.roles(guild.id) if not role.managed]
    roles = {role.id: number for number, role in enumerate(kept, EVERYONE)}
    seen = [channel for channel in directory.channels(guild.id) if channel.thread is None]
    seen = [channel for channel in seen if directory.can_view(viewer_id, channel.id)]
    seen.sort(key=lambda channel: channel.type != ChannelType.GUILD_CATEGORY)
    channels = {channel.id: number for number, channel in enumerate(seen, 1)}
    return Snapshot(
        name=guild.name,
        description=guild.description,
        locale=guild.locale,
        system_channel_id=channels.get(guild.system_channel_id or 0),
        roles=tuple(_role_shot(role, roles[role.id]) for role in kept),
        channels=tuple(_channel_shot(channel, channels, roles) for channel in seen),
    )


def build_roles(snapshot: Snapshot, numbers: Mapping[int, int]) -> list[RoleFacts]:
    """The roles but everyone's, with the ids that ``numbers`` gives them."""
    return [
        RoleFacts(
            id=numbers[role.id],
            name=role.name,
            permissions=role.permissions,
            position=position,
            color=role.color,
            hoist=role.hoist,
            mentionable=role.mentionable,
        )
        for position, role in enumerate(snapshot.roles)
        if role.id != EVERYONE
    ]


def build_channels(
    snapshot: Snapshot, guild_id: int, numbers: Mapping[int, int], roles: Mapping[int, int], ids: Snowflakes
) -> list[ChannelFacts]:
    """The channels, with the ids that ``numbers`` and ``roles`` give them and their roles."""
    return [
        ChannelFacts(
            id=numbers[shot.id],
            type=shot.type,
            guild_id=guild_id,
            parent_id=None if shot.parent_id is None else numbers[shot.parent_id],
            name=shot.name,
            topic=shot.topic,
            position=shot.position,
            nsfw=shot.nsfw,
            rate_limit_per_user=shot.rate_limit_per_user,
            overwrites=_overwrites(shot, roles),
            defaults=_with_tags(shot.defaults, [ids.next() for _ in shot.defaults.tags]),
        )
        for shot in snapshot.channels
    ]


def _role_shot(role: RoleFacts, number: int) -> RoleShot:
    return RoleShot(
        id=number,
        name=role.name,
        permissions=role.permissions,
        color=role.color,
        hoist=role.hoist,
        mentionable=role.mentionable,
    )


def _channel_shot(channel: ChannelFacts, channels: Mapping[int, int], roles: Mapping[int, int]) -> ChannelShot:
    known = [o for o in channel.overwrites if o.type == OverwriteType.ROLE and o.id in roles]
    return ChannelShot(
        id=channels[channel.id],
        type=channel.type,
        name=channel.name or "",
        position=channel.position,
        parent_id=channels.get(channel.parent_id or 0),
        topic=channel.topic,
        nsfw=channel.nsfw,
        rate_limit_per_user=channel.rate_limit_per_user,
        overwrites=tuple(OverwriteShot(roles[o.id], o.allow, o.deny) for o in known),
        defaults=_with_tags(channel.defaults, range(1, len(channel.defaults.tags) + 1)),
    )


def _overwrites(shot: ChannelShot, roles: Mapping[int, int]) -> tuple[Overwrite, ...]:
    made = (Overwrite(roles[o.id], OverwriteType.ROLE, o.allow, o.deny) for o in shot.overwrites)
    return tuple(sorted(made, key=lambda o: o.id))


def _with_tags(defaults: ThreadDefaults, numbers: list[int] | range) -> ThreadDefaults:
    """The tags with other ids; an emoji of the community does not go along, because others lack it."""
    tags = tuple(_tag(tag, number) for tag, number in zip(defaults.tags, numbers, strict=True))
    return msgspec.structs.replace(defaults, tags=tags)


def _tag(tag: Tag, number: int) -> Tag:
    emoji_name = tag.emoji_name if tag.emoji_id is None else None
    return Tag(id=number, name=tag.name, moderated=tag.moderated, emoji_name=emoji_name)
