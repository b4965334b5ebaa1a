"""Channel and overwrite types (https://discord.com/developers/docs/resources/channel#channel-object-channel-types)."""

import enum


class ChannelType(enum.IntEnum):
    """What a channel is."""

    GUILD_TEXT = 0
    DM = 1
    GUILD_VOICE = 2
    GROUP_DM = 3
    GUILD_CATEGORY = 4
    GUILD_ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    GUILD_STAGE_VOICE = 13
    GUILD_DIRECTORY = 14
    GUILD_FORUM = 15


PRIVATE = frozenset({ChannelType.DM, ChannelType.GROUP_DM})
"""Types without a guild."""

THREADS = frozenset({ChannelType.ANNOUNCEMENT_THREAD, ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD})
"""Threads."""

TEXTUAL = PRIVATE | THREADS | {ChannelType.GUILD_TEXT, ChannelType.GUILD_ANNOUNCEMENT, ChannelType.GUILD_VOICE}
"""Types that hold messages."""


class OverwriteType(enum.IntEnum):
    """Whom a permission overwrite is about."""

    ROLE = 0
    MEMBER = 1
