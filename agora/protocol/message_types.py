"""Message types and flags (https://discord.com/developers/docs/resources/message#message-object-message-types)."""

import enum


class MessageType(enum.IntEnum):
    """What kind of message it is; only ``DEFAULT`` and ``REPLY`` are written by people and agents."""

    DEFAULT = 0
    RECIPIENT_ADD = 1
    RECIPIENT_REMOVE = 2
    CALL = 3
    CHANNEL_NAME_CHANGE = 4
    CHANNEL_ICON_CHANGE = 5
    CHANNEL_PINNED_MESSAGE = 6
    USER_JOIN = 7
    CHANNEL_FOLLOW_ADD = 12
    THREAD_CREATED = 18
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    THREAD_STARTER_MESSAGE = 21
    CONTEXT_MENU_COMMAND = 23
    AUTO_MODERATION_ACTION = 24
    POLL_RESULT = 46


GROUP_NOTICES = frozenset({MessageType.RECIPIENT_ADD, MessageType.RECIPIENT_REMOVE, MessageType.CHANNEL_NAME_CHANGE})
"""What the server writes into a group about the group itself: nobody said it."""


class MessageFlag(enum.IntFlag):
    """Bits of a message's ``flags``."""

    CROSSPOSTED = 1 << 0
    IS_CROSSPOST = 1 << 1
    SUPPRESS_EMBEDS = 1 << 2
    SOURCE_MESSAGE_DELETED = 1 << 3
    URGENT = 1 << 4
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_VOICE_MESSAGE = 1 << 13
    HAS_SNAPSHOT = 1 << 14
    IS_COMPONENTS_V2 = 1 << 15


class ReferenceType(enum.IntEnum):
    """How a message refers to another."""

    DEFAULT = 0  # a reply
    FORWARD = 1
