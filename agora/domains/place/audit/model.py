"""What the audit log holds."""

import enum

import msgspec


class Action(enum.IntEnum):
    """Discord's numbers (https://discord.com/developers/docs/resources/audit-log). 0 is for acts outside of any guild."""

    SERVER = 0
    GUILD_UPDATE = 1
    CHANNEL_CREATE = 10
    CHANNEL_UPDATE = 11
    CHANNEL_DELETE = 12
    OVERWRITE_CREATE = 13
    OVERWRITE_UPDATE = 14
    OVERWRITE_DELETE = 15
    MEMBER_KICK = 20
    MEMBER_BAN_ADD = 22
    MEMBER_BAN_REMOVE = 23
    MEMBER_UPDATE = 24
    MEMBER_ROLE_UPDATE = 25
    BOT_ADD = 28
    ROLE_CREATE = 30
    ROLE_UPDATE = 31
    ROLE_DELETE = 32
    INVITE_CREATE = 40
    INVITE_DELETE = 42
    WEBHOOK_CREATE = 50
    WEBHOOK_UPDATE = 51
    WEBHOOK_DELETE = 52
    EMOJI_CREATE = 60
    EMOJI_UPDATE = 61
    EMOJI_DELETE = 62
    MESSAGE_DELETE = 72
    INTEGRATION_CREATE = 80
    INTEGRATION_UPDATE = 81
    INTEGRATION_DELETE = 82
    STICKER_CREATE = 90
    STICKER_UPDATE = 91
    STICKER_DELETE = 92
    THREAD_CREATE = 110
    THREAD_UPDATE = 111
    THREAD_DELETE = 112
    AUTO_MODERATION_RULE_CREATE = 140
    AUTO_MODERATION_RULE_UPDATE = 141
    AUTO_MODERATION_RULE_DELETE = 142
    AUTO_MODERATION_BLOCK_MESSAGE = 143
    AUTO_MODERATION_FLAG_TO_CHANNEL = 144
    AUTO_MODERATION_USER_COMMUNICATION_DISABLED = 145


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One field before and after, with Discord's names; ``None`` where there was or is nothing."""

    key: str
    old_value: object = None
    new_value: object = None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An act as it will be written down. ``name`` tells acts of the same number apart: ``role.created``."""

    action: Action
    name: str
    target_id: int | None = None
    changes: tuple[Change, ...] = ()
    options: dict[str, str] = {}
    reason: str | None = None
    guild_id: int | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An act as it stands in the log. ``changes`` and ``options`` are JSON; ``hash`` covers all else and ``previous``."""

    seq: int
    id: int
    at: int
    guild_id: int | None
    user_id: int | None
    target_id: int | None
    action: str
    action_type: int
    changes: str
    options: str
    reason: str | None
    previous: str
    hash: str
