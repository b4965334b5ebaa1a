"""Channels as Discord writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from agora.domains.place.accounts import Users, build_user
from agora.domains.place.permissions import ChannelFacts, Directory, Overwrite, Tag, ThreadFacts, ThreadMember
from agora.kernel.clock import iso
from agora.protocol import payloads
from agora.protocol.channel_types import ChannelType

if TYPE_CHECKING:
    from agora.kernel.app import App

AnyChannel = payloads.GuildChannel | payloads.PrivateChannel | payloads.Thread
TEXTS = (ChannelType.GUILD_TEXT, ChannelType.GUILD_ANNOUNCEMENT, ChannelType.GUILD_FORUM)
REQUIRE_TAG, PINNED = 1 << 4, 1 << 1


def build_channel(app: App, channel: ChannelFacts, viewer_id: int = 0) -> AnyChannel:
    """A channel; of a direct message the recipients are all but the reader ``viewer_id``, of a thread the reader's membership."""
    if channel.thread is not None:
        return build_thread(channel, app.get(Directory).thread_members(channel.id).get(viewer_id))
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
    """A channel or category."""
    is_text, is_forum = channel.type in TEXTS, channel.type == ChannelType.GUILD_FORUM
    defaults = channel.defaults
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
        flags=REQUIRE_TAG if defaults.require_tag else 0,
        default_auto_archive_duration=defaults.auto_archive_min or UNSET,
        default_thread_rate_limit_per_user=defaults.rate_limit_per_user or UNSET,
        available_tags=tuple(build_tag(tag) for tag in defaults.tags) if is_forum else UNSET,
        default_reaction_emoji=None if is_forum else UNSET,
        default_sort_order=defaults.sort_order if is_forum else UNSET,
        default_forum_layout=defaults.layout if is_forum else UNSET,
    )


def build_tag(tag: Tag) -> payloads.ForumTag:
    """A tag of a forum."""
    emoji_id = None if tag.emoji_id is None else str(tag.emoji_id)
    return payloads.ForumTag(id=str(tag.id), name=tag.name, moderated=tag.moderated, emoji_id=emoji_id, emoji_name=tag.emoji_name)


def build_thread(channel: ChannelFacts, member: ThreadMember | None = None) -> payloads.Thread:
    """A thread, with the reader's own membership where there is one."""
    facts = channel.thread
    assert facts is not None
    return payloads.Thread(
        id=str(channel.id),
        type=channel.type,
        guild_id=str(channel.guild_id),
        parent_id=str(channel.parent_id),
        owner_id=str(channel.owner_id),
        name=channel.name or "",
        flags=PINNED if facts.pinned else 0,
        last_message_id=None if channel.last_message_id is None else str(channel.last_message_id),
        rate_limit_per_user=channel.rate_limit_per_user,
        thread_metadata=_metadata(channel, facts),
        message_count=facts.message_count,
        member_count=facts.member_count,
        total_message_sent=facts.total_sent,
        applied_tags=tuple(map(str, facts.tags)),
        member=UNSET if member is None else build_thread_member(channel.id, member),
    )


def build_thread_member(thread_id: int, member: ThreadMember) -> payloads.ThreadMember:
    """A membership of a thread."""
    joined = iso(member.joined_at)
    return payloads.ThreadMember(id=str(thread_id), user_id=str(member.user_id), join_timestamp=joined, flags=member.flags)


def _metadata(channel: ChannelFacts, facts: ThreadFacts) -> payloads.ThreadMetadata:
    return payloads.ThreadMetadata(
        archived=facts.archived,
        archive_timestamp=iso(facts.changed_at),
        auto_archive_duration=facts.auto_archive_min,
        locked=facts.locked,
        create_timestamp=iso(facts.created_at),
        invitable=facts.invitable if channel.type == ChannelType.PRIVATE_THREAD else UNSET,
    )


def build_overwrite(o: Overwrite) -> payloads.Overwrite:
    """An overwrite."""
    return payloads.Overwrite(id=str(o.id), type=o.type, allow=str(o.allow), deny=str(o.deny))
