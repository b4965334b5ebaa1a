"""Objects of Discord's REST and gateway that several domains share, with exactly the fields its description requires.

Ids are strings here; times are ISO 8601. Optional fields are ``UNSET`` and then absent from the JSON.
Field meanings: https://discord.com/developers/docs/resources/user, …/guild, …/channel, …/message.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what goes out."""


# What a sender may put in place of a struct: also a dict, or JSON that is encoded already, which is the fastest.
UserValue = Annotated[Any, msgspec.Meta(description="A user object.", extra_json_schema={"type": "object"})]
AnyValue = Annotated[Any, msgspec.Meta(description="An object as Discord describes it.")]
MessageValue = Annotated[Any, msgspec.Meta(description="A message object, or null.")]


class User(Wire, frozen=True, kw_only=True):
    """A user as everybody may see it. ``discriminator`` is ``0``: names are unique."""

    id: str
    username: str
    global_name: str | None = None
    avatar: str | None = None
    discriminator: str = "0"
    public_flags: int = 0
    flags: int = 0
    bot: bool = False
    system: bool = False
    banner: str | None = None
    accent_color: int | None = None
    avatar_decoration_data: None = None
    primary_guild: None = None


class OwnUser(User, frozen=True, kw_only=True):
    """A user as it sees itself (``/users/@me``, READY)."""

    mfa_enabled: bool = False
    locale: str = "en-US"
    premium_type: int = 0
    email: str | None = None
    verified: bool = True


class Member(Wire, frozen=True, kw_only=True):
    """A user in a guild. In messages ``user`` is left out, as Discord does."""

    roles: tuple[str, ...]
    joined_at: str
    user: UserValue = UNSET
    nick: str | None = None
    avatar: str | None = None
    banner: str | None = None
    communication_disabled_until: str | None = None
    flags: int = 0
    pending: bool = False
    premium_since: str | None = None
    mute: bool = False
    deaf: bool = False
    guild_id: str | UnsetType = UNSET  # only in gateway events
    permissions: str | UnsetType = UNSET


class RoleColors(Wire, frozen=True, kw_only=True):
    """A role's colours; only the first is used unless the guild has gradients."""

    primary_color: int = 0
    secondary_color: int | None = None
    tertiary_color: int | None = None


class RoleTags(Wire, frozen=True, kw_only=True):
    """What a managed role belongs to."""

    bot_id: str | UnsetType = UNSET
    integration_id: str | UnsetType = UNSET


class Role(Wire, frozen=True, kw_only=True):
    """A role. ``permissions`` is a number as a string."""

    id: str
    name: str
    permissions: str
    position: int = 0
    color: int = 0
    colors: RoleColors = RoleColors()
    hoist: bool = False
    managed: bool = False
    mentionable: bool = False
    icon: str | None = None
    unicode_emoji: str | None = None
    flags: int = 0
    tags: RoleTags | UnsetType = UNSET


class Overwrite(Wire, frozen=True, kw_only=True):
    """Permissions of one role (``type`` 0) or member (1) in one channel."""

    id: str
    type: int
    allow: str
    deny: str


class ForumTag(Wire, frozen=True, kw_only=True):
    """A tag that posts of a forum may have."""

    id: str
    name: str
    moderated: bool = False
    emoji_id: str | None = None
    emoji_name: str | None = None


class GuildChannel(Wire, frozen=True, kw_only=True):
    """A channel of a guild, or a category."""

    id: str
    type: int
    guild_id: str
    name: str
    position: int = 0
    flags: int = 0
    parent_id: str | None = None
    topic: str | UnsetType | None = UNSET
    last_message_id: str | UnsetType | None = UNSET
    last_pin_timestamp: str | UnsetType | None = UNSET
    rate_limit_per_user: int | UnsetType = UNSET
    permission_overwrites: tuple[Overwrite, ...] = ()
    nsfw: bool = False
    permissions: str | UnsetType = UNSET
    default_auto_archive_duration: int | UnsetType = UNSET
    default_thread_rate_limit_per_user: int | UnsetType = UNSET
    available_tags: tuple[ForumTag, ...] | UnsetType = UNSET
    default_reaction_emoji: UnsetType | None = UNSET
    default_sort_order: int | UnsetType | None = UNSET
    default_forum_layout: int | UnsetType = UNSET


class ThreadMetadata(Wire, frozen=True, kw_only=True):
    """What makes a channel a thread. ``auto_archive_duration`` in minutes."""

    archived: bool
    archive_timestamp: str
    auto_archive_duration: int
    locked: bool
    create_timestamp: str
    invitable: bool | UnsetType = UNSET


class ThreadMember(Wire, frozen=True, kw_only=True):
    """A membership of a thread; ``member`` only where it is asked for."""

    id: str
    user_id: str
    join_timestamp: str
    flags: int = 0
    member: Member | UnsetType = UNSET
    guild_id: str | UnsetType = UNSET  # only in gateway events


class Thread(Wire, frozen=True, kw_only=True):
    """A thread. ``member`` is the reader's own membership; ``newly_created`` and ``message`` are there when it was just made."""

    id: str
    type: int
    guild_id: str
    parent_id: str
    owner_id: str
    name: str
    thread_metadata: ThreadMetadata
    flags: int = 0
    last_message_id: str | None = None
    rate_limit_per_user: int = 0
    message_count: int = 0
    member_count: int = 0
    total_message_sent: int = 0
    applied_tags: tuple[str, ...] = ()
    member: ThreadMember | UnsetType = UNSET
    newly_created: bool | UnsetType = UNSET
    message: MessageValue = UNSET


class PrivateChannel(Wire, frozen=True, kw_only=True):
    """A direct message channel between two. ``recipients`` are the others, not the reader."""

    id: str
    type: int = 1
    recipients: tuple[UserValue, ...] = ()
    flags: int = 0
    last_message_id: str | None = None
    last_pin_timestamp: str | UnsetType | None = UNSET


class GroupChannel(PrivateChannel, frozen=True, kw_only=True):
    """A direct message channel between several."""

    owner_id: str
    type: int = 3
    name: str | None = None
    icon: str | None = None


class ReactionEmoji(Wire, frozen=True, kw_only=True):
    """An emoji in a reaction: a Unicode emoji has no id."""

    id: str | None = None
    name: str | None = None
    animated: bool | UnsetType = UNSET


class ReactionCounts(Wire, frozen=True, kw_only=True):
    """Agora has no super reactions: ``burst`` is 0."""

    normal: int = 0
    burst: int = 0


class Reaction(Wire, frozen=True, kw_only=True):
    """One emoji under a message with how many used it; ``me``: the reader did."""

    emoji: ReactionEmoji
    count: int
    count_details: ReactionCounts
    me: bool
    me_burst: bool = False
    burst_colors: tuple[str, ...] = ()


class Emoji(Wire, frozen=True, kw_only=True):
    """An emoji of a guild or an application."""

    id: str
    name: str
    roles: tuple[str, ...] = ()
    require_colons: bool = True
    managed: bool = False
    animated: bool = False
    available: bool = True
    user: User | UnsetType = UNSET


class Sticker(Wire, frozen=True, kw_only=True):
    """A guild's own sticker; ``format_type`` 1 PNG, 2 APNG, 4 GIF."""

    id: str
    guild_id: str
    name: str
    description: str | None
    tags: str
    format_type: int
    type: int = 2
    available: bool = True
    user: User | UnsetType = UNSET


class StickerItem(Wire, frozen=True, kw_only=True):
    """A sticker in a message."""

    id: str
    name: str
    format_type: int


class Attachment(Wire, frozen=True, kw_only=True):
    """A file of a message. ``size`` in bytes, ``width`` and ``height`` in pixels."""

    id: str
    filename: str
    size: int
    url: str
    proxy_url: str
    content_type: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    width: int | UnsetType = UNSET
    height: int | UnsetType = UNSET
    flags: int | UnsetType = UNSET


class MessageReference(Wire, frozen=True, kw_only=True):
    """Which message is answered (``type`` 0) or forwarded (1), or which thread a notice is about."""

    channel_id: str
    message_id: str | UnsetType = UNSET
    guild_id: str | UnsetType = UNSET
    type: int = 0


class SnapshotMessage(Wire, frozen=True, kw_only=True):
    """What a forwarded message said: who wrote it is not told, as on Discord. ``content_html`` is Agora's own."""

    type: int
    content: str
    timestamp: str
    edited_timestamp: str | None = None
    flags: int = 0
    mentions: tuple[Any, ...] = ()
    mention_roles: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    embeds: tuple[Any, ...] = ()
    components: tuple[Any, ...] = ()
    sticker_items: tuple[StickerItem, ...] | UnsetType = UNSET
    content_html: str = ""


class MessageSnapshot(Wire, frozen=True, kw_only=True):
    """A message that is carried on."""

    message: SnapshotMessage


class Message(Wire, frozen=True, kw_only=True):
    """A message. ``guild_id`` and ``member`` are only in gateway events; ``content_html`` is Agora's own:
    the content as sanitised HTML.
    """

    id: str
    channel_id: str
    author: UserValue
    content: str
    timestamp: str
    type: int = 0
    edited_timestamp: str | None = None
    tts: bool = False
    mention_everyone: bool = False
    mentions: tuple[Any, ...] = ()
    mention_roles: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    embeds: tuple[Any, ...] = ()
    components: tuple[Any, ...] = ()
    pinned: bool = False
    flags: int = 0
    reactions: tuple[Reaction, ...] | UnsetType = UNSET
    nonce: str | int | UnsetType = UNSET
    webhook_id: str | UnsetType = UNSET
    application_id: str | UnsetType = UNSET
    message_reference: MessageReference | UnsetType = UNSET
    referenced_message: MessageValue = UNSET
    message_snapshots: tuple[MessageSnapshot, ...] | UnsetType = UNSET
    guild_id: str | UnsetType = UNSET
    member: Member | UnsetType = UNSET
    sticker_items: tuple[StickerItem, ...] | UnsetType = UNSET
    thread: Thread | UnsetType = UNSET  # the one that was started from this message
    poll: AnyValue = UNSET
    interaction_metadata: AnyValue = UNSET  # which interaction of whom this answers
    interaction: AnyValue = UNSET  # the same in its older form, with the command's name
    content_html: str | UnsetType = UNSET


class Guild(Wire, frozen=True, kw_only=True):
    """A guild as REST answers it. The defaults are what an Agora guild cannot have: boosts, vanity addresses, widgets."""

    id: str
    name: str
    owner_id: str
    roles: tuple[Role, ...]
    icon: str | None = None
    description: str | None = None
    home_header: str | None = None
    splash: str | None = None
    discovery_splash: str | None = None
    features: tuple[str, ...] = ()
    banner: str | None = None
    application_id: str | None = None
    region: str = ""
    afk_channel_id: str | None = None
    afk_timeout: int = 300
    system_channel_id: str | None = None
    system_channel_flags: int = 0
    widget_enabled: bool = False
    widget_channel_id: str | None = None
    verification_level: int = 0
    default_message_notifications: int = 0
    mfa_level: int = 0
    explicit_content_filter: int = 0
    max_presences: int | None = None
    max_members: int = 500_000
    max_stage_video_channel_users: int = 0
    max_video_channel_users: int = 0
    vanity_url_code: str | None = None
    premium_tier: int = 0
    premium_subscription_count: int = 0
    preferred_locale: str = "en-US"
    rules_channel_id: str | None = None
    safety_alerts_channel_id: str | None = None
    public_updates_channel_id: str | None = None
    premium_progress_bar_enabled: bool = False
    nsfw: bool = False
    nsfw_level: int = 0
    emojis: tuple[Emoji, ...] = ()
    stickers: tuple[Sticker, ...] = ()
    incidents_data: None = None
    approximate_member_count: int | UnsetType = UNSET
    approximate_presence_count: int | UnsetType = UNSET


class GuildPreview(Wire, frozen=True, kw_only=True):
    """A guild in short."""

    id: str
    name: str
    icon: str | None = None
    description: str | None = None
    home_header: str | None = None
    splash: str | None = None
    discovery_splash: str | None = None
    features: tuple[str, ...] = ()
    approximate_member_count: int
    approximate_presence_count: int
    emojis: tuple[Emoji, ...] = ()
    stickers: tuple[Sticker, ...] = ()


class UnavailableGuild(Wire, frozen=True, kw_only=True):
    """A guild in READY (its GUILD_CREATE follows), or in GUILD_DELETE (without ``unavailable``: the user left it)."""

    id: str
    unavailable: bool | UnsetType = UNSET


class MyGuild(Wire, frozen=True, kw_only=True):
    """A guild in ``/users/@me/guilds``."""

    id: str
    name: str
    owner: bool
    permissions: str
    icon: str | None = None
    banner: str | None = None
    features: tuple[str, ...] = ()
    approximate_member_count: int | UnsetType = UNSET
    approximate_presence_count: int | UnsetType = UNSET


class Presence(Wire, frozen=True, kw_only=True):
    """A user's status in a guild; ``user`` holds at least the id."""

    user: dict[str, str]
    status: str  # online, idle, dnd, offline
    guild_id: str | UnsetType = UNSET
    activities: tuple[Any, ...] = ()
    client_status: dict[str, str] = {}


class SessionStartLimit(Wire, frozen=True, kw_only=True):
    """How often a bot may identify. ``reset_after`` in milliseconds."""

    total: int = 1000
    remaining: int = 1000
    reset_after: int = 0
    max_concurrency: int = 16


class GatewayInfo(Wire, frozen=True, kw_only=True):
    """Answer of ``GET /gateway``."""

    url: str


class GatewayBotInfo(GatewayInfo, frozen=True, kw_only=True):
    """Answer of ``GET /gateway/bot``."""

    shards: int = 1
    session_start_limit: SessionStartLimit = SessionStartLimit()
