"""What may be asked of channels. ``UNSET`` leaves a field as it is."""

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.place.permissions import Overwrite, ThreadDefaults
from agora.protocol.channel_types import ChannelType


class NewChannel(msgspec.Struct, frozen=True, kw_only=True):
    """A channel or category to make. Without ``overwrites`` it takes its category's; without ``position`` it comes last."""

    name: str
    type: int = ChannelType.GUILD_TEXT
    topic: str | None = None
    parent_id: int | None = None
    position: int | None = None
    nsfw: bool = False
    rate_limit_per_user: int = 0
    overwrites: tuple[Overwrite, ...] | None = None
    defaults: ThreadDefaults = ThreadDefaults()


class ChannelEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What may change about a channel. ``type`` turns a text channel into one for announcements, and back.

    Only a group may be without a name.
    """

    name: str | UnsetType | None = UNSET
    type: int | UnsetType = UNSET
    topic: str | UnsetType | None = UNSET
    position: int | UnsetType = UNSET
    parent_id: int | UnsetType | None = UNSET
    nsfw: bool | UnsetType = UNSET
    rate_limit_per_user: int | UnsetType = UNSET
    overwrites: tuple[Overwrite, ...] | UnsetType = UNSET
    defaults: ThreadDefaults | UnsetType = UNSET


class ThreadEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What may change about a thread."""

    name: str | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    invitable: bool | UnsetType = UNSET
    auto_archive_min: int | UnsetType = UNSET
    rate_limit_per_user: int | UnsetType = UNSET
    tags: tuple[int, ...] | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where one channel goes. ``lock_permissions`` gives it its new category's overwrites."""

    id: int
    position: int | UnsetType = UNSET
    parent_id: int | UnsetType | None = UNSET
    lock_permissions: bool = False
