"""What a template holds. Ids in a snapshot are small numbers of its own, because a community made from it has others."""

import msgspec

from agora.domains.place.permissions import ThreadDefaults

EVERYONE = 0
"""The id of everyone's role in a snapshot."""


class RoleShot(msgspec.Struct, frozen=True, kw_only=True):
    """A role; its place is that in the list, lowest first."""

    id: int
    name: str
    permissions: int
    color: int = 0
    hoist: bool = False
    mentionable: bool = False


class OverwriteShot(msgspec.Struct, frozen=True):
    """What a role may or may not in a channel; those of members are left out."""

    id: int
    allow: int = 0
    deny: int = 0


class ChannelShot(msgspec.Struct, frozen=True, kw_only=True):
    """A channel or category."""

    id: int
    type: int
    name: str
    position: int
    parent_id: int | None = None
    topic: str | None = None
    nsfw: bool = False
    rate_limit_per_user: int = 0
    overwrites: tuple[OverwriteShot, ...] = ()
    defaults: ThreadDefaults = ThreadDefaults()


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A community without its people and what they said. Categories stand before the channels in them."""

    name: str
    description: str | None = None
    locale: str = "en"
    system_channel_id: int | None = None
    roles: tuple[RoleShot, ...] = ()
    channels: tuple[ChannelShot, ...] = ()


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A template. ``code`` is all that somebody needs to make a community from it. Times are UTC milliseconds."""

    code: str
    guild_id: int
    name: str
    description: str | None
    usage_count: int
    creator_id: int
    created_at: int
    updated_at: int
    snapshot: Snapshot
