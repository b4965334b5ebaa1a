"""JSON error codes (https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes).

Only the codes that some route of Agora can answer with; add one when a route needs it, with Discord's number and wording.
"""

import enum


class ErrorCode(enum.IntEnum):
    """The ``code`` of an error body."""

    GENERAL = 0
    UNKNOWN_ACCOUNT = 10001
    UNKNOWN_APPLICATION = 10002
    UNKNOWN_CHANNEL = 10003
    UNKNOWN_GUILD = 10004
    UNKNOWN_INVITE = 10006
    UNKNOWN_MEMBER = 10007
    UNKNOWN_MESSAGE = 10008
    UNKNOWN_INTEGRATION = 10005
    UNKNOWN_OVERWRITE = 10009
    UNKNOWN_ROLE = 10011
    UNKNOWN_TOKEN = 10012
    UNKNOWN_USER = 10013
    UNKNOWN_EMOJI = 10014
    UNKNOWN_WEBHOOK = 10015
    UNKNOWN_SESSION = 10020
    UNKNOWN_BAN = 10026
    UNKNOWN_TEMPLATE = 10057
    UNKNOWN_STICKER = 10060
    UNKNOWN_INTERACTION = 10062
    UNKNOWN_COMMAND = 10063
    UNKNOWN_COMMAND_PERMISSIONS = 10066
    BOTS_CANNOT_USE_ENDPOINT = 20001
    ONLY_BOTS_MAY_USE_ENDPOINT = 20002
    NOT_THE_APPLICATION = 20012
    SLOWMODE = 20016
    OWNER_ONLY = 20018
    MAX_GUILDS = 30001
    MAX_PINS = 30003
    MAX_RECIPIENTS = 30004
    MAX_ROLES = 30005
    MAX_WEBHOOKS = 30007
    MAX_EMOJIS = 30008
    MAX_REACTIONS = 30010
    MAX_GUILD_CHANNELS = 30013
    MAX_ANIMATED_EMOJIS = 30018
    MAX_TEMPLATES = 30031
    MAX_COMMANDS = 30032
    MAX_STICKERS = 30039
    UNAUTHORIZED = 40001
    REQUEST_TOO_LARGE = 40005
    USER_BANNED = 40007
    ALREADY_CROSSPOSTED = 40033
    ACKNOWLEDGED = 40060
    TAG_REQUIRED = 40067
    MISSING_ACCESS = 50001
    INVALID_ACCOUNT_TYPE = 50002
    CANNOT_EXECUTE_ON_DM = 50003
    CANNOT_EDIT_OTHERS_MESSAGE = 50005
    CANNOT_SEND_EMPTY = 50006
    CANNOT_MESSAGE_USER = 50007
    CANNOT_SEND_IN_NON_TEXT = 50008
    MISSING_PERMISSIONS = 50013
    INVALID_TOKEN = 50014
    INVALID_BULK_DELETE_COUNT = 50016
    CANNOT_PIN_ELSEWHERE = 50019
    SYSTEM_MESSAGE = 50021
    CANNOT_EXECUTE_ON_CHANNEL_TYPE = 50024
    INVALID_RECIPIENTS = 50033
    INVALID_WEBHOOK_TOKEN = 50027
    BULK_DELETE_TOO_OLD = 50034
    INVALID_FORM_BODY = 50035
    UNSUPPORTED_API_VERSION = 50041
    FILE_TOO_LARGE = 50045
    INVALID_ROLE = 50028
    INVALID_MESSAGE_TYPE = 50068
    INVALID_STICKER = 50081
    THREAD_ARCHIVED = 50083
    INVALID_JSON = 50109
    REACTION_BLOCKED = 90001
    OVERLOADED = 130000
    THREAD_EXISTS = 160004
    THREAD_LOCKED = 160005
    MAX_THREADS = 160006
    POLL_EXPIRED = 520001
    NOT_A_POLL = 520006
    BLOCKED_BY_RULE = 200000
    WEBHOOK_NEEDS_THREAD = 220001


MESSAGES: dict[ErrorCode, str] = {
    ErrorCode.UNKNOWN_ACCOUNT: "Unknown Account",
    ErrorCode.UNKNOWN_APPLICATION: "Unknown Application",
    ErrorCode.UNKNOWN_CHANNEL: "Unknown Channel",
    ErrorCode.UNKNOWN_GUILD: "Unknown Guild",
    ErrorCode.UNKNOWN_INVITE: "Unknown Invite",
    ErrorCode.UNKNOWN_MEMBER: "Unknown Member",
    ErrorCode.UNKNOWN_MESSAGE: "Unknown Message",
    ErrorCode.UNKNOWN_INTEGRATION: "Unknown Integration",
    ErrorCode.UNKNOWN_OVERWRITE: "Unknown Permission Overwrite",
    ErrorCode.UNKNOWN_ROLE: "Unknown Role",
    ErrorCode.UNKNOWN_TOKEN: "Unknown Token",
    ErrorCode.UNKNOWN_USER: "Unknown User",
    ErrorCode.UNKNOWN_EMOJI: "Unknown Emoji",
    ErrorCode.UNKNOWN_WEBHOOK: "Unknown Webhook",
    ErrorCode.UNKNOWN_SESSION: "Unknown Session",
    ErrorCode.UNKNOWN_BAN: "Unknown Ban",
    ErrorCode.UNKNOWN_TEMPLATE: "Unknown guild template",
    ErrorCode.BOTS_CANNOT_USE_ENDPOINT: "Bots cannot use this endpoint",
    ErrorCode.ONLY_BOTS_MAY_USE_ENDPOINT: "Only bots can use this endpoint",
    ErrorCode.OWNER_ONLY: "Only the owner of this account can perform this action",
    ErrorCode.UNAUTHORIZED: "Unauthorized",
    ErrorCode.REQUEST_TOO_LARGE: "Request entity too large",
    ErrorCode.USER_BANNED: "The user is banned from this guild",
    ErrorCode.ALREADY_CROSSPOSTED: "This message has already been crossposted",
    ErrorCode.INVALID_MESSAGE_TYPE: "Invalid message type",
    ErrorCode.MISSING_ACCESS: "Missing Access",
    ErrorCode.INVALID_ACCOUNT_TYPE: "Invalid account type",
    ErrorCode.CANNOT_EXECUTE_ON_DM: "Cannot execute action on a DM channel",
    ErrorCode.CANNOT_EDIT_OTHERS_MESSAGE: "Cannot edit a message authored by another user",
    ErrorCode.CANNOT_SEND_EMPTY: "Cannot send an empty message",
    ErrorCode.CANNOT_MESSAGE_USER: "Cannot send messages to this user",
    ErrorCode.CANNOT_SEND_IN_NON_TEXT: "Cannot send messages in a non-text channel",
    ErrorCode.MISSING_PERMISSIONS: "Missing Permissions",
    ErrorCode.INVALID_TOKEN: "Invalid authentication token provided",
    ErrorCode.CANNOT_PIN_ELSEWHERE: "A message can only be pinned to the channel it was sent in",
    ErrorCode.SYSTEM_MESSAGE: "Cannot execute action on a system message",
    ErrorCode.CANNOT_EXECUTE_ON_CHANNEL_TYPE: "Cannot execute action on this channel type",
    ErrorCode.INVALID_ROLE: "Invalid role",
    ErrorCode.INVALID_RECIPIENTS: "Invalid Recipient(s)",
    ErrorCode.INVALID_FORM_BODY: "Invalid Form Body",
    ErrorCode.INVALID_JSON: "The request body contains invalid JSON.",
    ErrorCode.REACTION_BLOCKED: "Reaction was blocked",
    ErrorCode.BLOCKED_BY_RULE: "Message was blocked by automatic moderation",
    ErrorCode.THREAD_ARCHIVED: "Thread is archived",
    ErrorCode.THREAD_EXISTS: "A thread has already been created for this message",
    ErrorCode.THREAD_LOCKED: "Thread is locked",
    ErrorCode.MAX_THREADS: "Maximum number of active threads reached",
    ErrorCode.TAG_REQUIRED: "A tag is required to create a forum post in this channel",
    ErrorCode.MAX_REACTIONS: "Maximum number of reactions reached (20)",
    ErrorCode.UNKNOWN_STICKER: "Unknown sticker",
    ErrorCode.MAX_TEMPLATES: "A server can have only one template",
    ErrorCode.MAX_STICKERS: "Maximum number of stickers reached",
    ErrorCode.INVALID_STICKER: "Invalid sticker sent",
    ErrorCode.MAX_EMOJIS: "Maximum number of emojis reached",
    ErrorCode.MAX_ANIMATED_EMOJIS: "Maximum number of animated emojis reached",
    ErrorCode.UNKNOWN_INTERACTION: "Unknown interaction",
    ErrorCode.UNKNOWN_COMMAND: "Unknown application command",
    ErrorCode.NOT_THE_APPLICATION: "You are not authorized to perform this action on this application",
    ErrorCode.MAX_COMMANDS: "Maximum number of application commands reached",
    ErrorCode.ACKNOWLEDGED: "Interaction has already been acknowledged.",
    ErrorCode.INVALID_WEBHOOK_TOKEN: "Invalid Webhook Token",
    ErrorCode.POLL_EXPIRED: "Poll expired",
    ErrorCode.NOT_A_POLL: "Cannot expire a non-poll message",
}
"""Discord's wording for people, by code."""
