"""Templates as Discord writes them. Ids in a snapshot are small numbers, and announcements are text, as on Discord."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agora.domains.place.accounts import Users, build_locale, build_user
from agora.domains.place.templates.model import ChannelShot, RoleShot, Snapshot, Template
from agora.kernel.clock import iso
from agora.protocol.channel_types import ChannelType, OverwriteType

if TYPE_CHECKING:
    from agora.kernel.app import App


def build_template(app: App, template: Template, dirty: bool | None) -> dict[str, Any]:
    """A template."""
    creator = app.get(Users).get(template.creator_id)
    return {
        "code": template.code,
        "name": template.name,
        "description": template.description,
        "usage_count": template.usage_count,
        "creator_id": str(template.creator_id),
        "creator": None if creator is None else build_user(creator),
        "created_at": iso(template.created_at),
        "updated_at": iso(template.updated_at),
        "source_guild_id": str(template.guild_id),
        "serialized_source_guild": build_snapshot(template.snapshot),
        "is_dirty": dirty,
    }


def build_snapshot(snapshot: Snapshot) -> dict[str, Any]:
    """The community in a template."""
    return {
        "name": snapshot.name,
        "description": snapshot.description,
        "region": None,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "preferred_locale": build_locale(snapshot.locale),
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": _id(snapshot.system_channel_id),
        "system_channel_flags": 0,
        "roles": [_role(role) for role in snapshot.roles],
        "channels": [_channel(channel) for channel in snapshot.channels],
    }


def _role(role: RoleShot) -> dict[str, Any]:
    return {
        "id": role.id,
        "name": role.name,
        "permissions": str(role.permissions),
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": None, "tertiary_color": None},
        "hoist": role.hoist,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
    }


def _channel(shot: ChannelShot) -> dict[str, Any]:
    defaults, is_forum = shot.defaults, shot.type == ChannelType.GUILD_FORUM
    overwrites = [
        {"id": str(o.id), "type": int(OverwriteType.ROLE), "allow": str(o.allow), "deny": str(o.deny)} for o in shot.overwrites
    ]
    tags = [
        {"id": tag.id, "name": tag.name, "emoji_id": None, "emoji_name": tag.emoji_name, "moderated": tag.moderated}
        for tag in defaults.tags
    ]
    return {
        "id": shot.id,
        "type": int(ChannelType.GUILD_TEXT) if shot.type == ChannelType.GUILD_ANNOUNCEMENT else shot.type,
        "name": shot.name,
        "position": shot.position,
        "topic": shot.topic,
        "bitrate": 64_000,
        "user_limit": 0,
        "nsfw": shot.nsfw,
        "rate_limit_per_user": shot.rate_limit_per_user,
        "parent_id": _id(shot.parent_id),
        "default_auto_archive_duration": defaults.auto_archive_min,
        "permission_overwrites": overwrites,
        "available_tags": tags if is_forum else None,
        "template": "",
        "default_reaction_emoji": None,
        "default_thread_rate_limit_per_user": defaults.rate_limit_per_user or None,
        "default_sort_order": defaults.sort_order,
        "default_forum_layout": defaults.layout if is_forum else None,
        "default_tag_setting": None,
        "theme_color": None,
    }


def _id(number: int | None) -> str | None:
    return None if number is None else str(number)
