"""Communities as Discord writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from agora.domains.place.accounts import Users, build_locale, build_user
from agora.domains.place.guilds.model import Invite
from agora.domains.place.guilds.ports import Attendance, GuildKey
from agora.domains.place.permissions import Directory, GuildFacts, MemberFacts, RoleFacts
from agora.kernel.clock import iso
from agora.protocol import payloads

if TYPE_CHECKING:
    from agora.kernel.app import App


def build_role(role: RoleFacts) -> payloads.Role:
    """A role."""
    return payloads.Role(
        id=str(role.id),
        name=role.name,
        permissions=str(role.permissions),
        position=role.position,
        color=role.color,
        colors=payloads.RoleColors(primary_color=role.color),
        hoist=role.hoist,
        managed=role.managed,
        mentionable=role.mentionable,
    )


def build_guild(app: App, guild: GuildFacts, *, counts: bool = False) -> payloads.Guild:
    """A community with its roles; ``counts`` adds the number of members."""
    directory = app.get(Directory)
    more: dict[str, Any] = {offer.key: offer.build(app, guild.id) for offer in app.offers(GuildKey)}
    return payloads.Guild(
        id=str(guild.id),
        name=guild.name,
        owner_id=str(guild.owner_id),
        roles=tuple(build_role(role) for role in directory.roles(guild.id)),
        icon=guild.icon,
        description=guild.description,
        system_channel_id=None if guild.system_channel_id is None else str(guild.system_channel_id),
        preferred_locale=build_locale(guild.locale),
        approximate_member_count=len(directory.members(guild.id)) if counts else UNSET,
        **more,
    )


def build_preview(app: App, guild: GuildFacts) -> payloads.GuildPreview:
    """What a community is, in short."""
    more: dict[str, Any] = {offer.key: offer.build(app, guild.id) for offer in app.offers(GuildKey)}
    return payloads.GuildPreview(
        id=str(guild.id),
        name=guild.name,
        icon=guild.icon,
        description=guild.description,
        approximate_member_count=len(app.get(Directory).members(guild.id)),
        approximate_presence_count=sum(offer.count_here(app, guild.id) for offer in app.offers(Attendance)),
        **{key: more[key] for key in ("emojis", "stickers") if key in more},
    )


def build_member(app: App, member: MemberFacts, *, guild_id: int | None = None, user: bool = True) -> payloads.Member:
    """A member; with ``guild_id`` as gateway events have it, without ``user`` as messages have it."""
    account = app.get(Users).get(member.user_id) if user else None
    now = app.clock.now_ms()
    return payloads.Member(
        user=UNSET if account is None else build_user(account),
        roles=tuple(str(role_id) for role_id in member.roles),
        joined_at=iso(member.joined_at),
        nick=member.nick,
        communication_disabled_until=iso(member.timeout_until) if member.timeout_until > now else None,
        guild_id=UNSET if guild_id is None else str(guild_id),
    )


def build_my_guild(app: App, guild: GuildFacts, user_id: int, *, counts: bool = False) -> payloads.MyGuild:
    """A community in a user's own list."""
    directory = app.get(Directory)
    return payloads.MyGuild(
        id=str(guild.id),
        name=guild.name,
        owner=guild.owner_id == user_id,
        permissions=str(directory.guild_permissions(user_id, guild.id)),
        icon=guild.icon,
        approximate_member_count=len(directory.members(guild.id)) if counts else UNSET,
    )


def build_invite(app: App, invite: Invite, *, counts: bool = False, metadata: bool = False) -> dict[str, Any]:
    """An invitation; ``metadata`` adds how often it was used, which only managers see."""
    directory = app.get(Directory)
    guild, channel = directory.guild(invite.guild_id), directory.channel(invite.channel_id)
    inviter = app.get(Users).get(invite.inviter_id)
    answer: dict[str, Any] = {
        "type": 0,
        "code": invite.code,
        "expires_at": None if invite.expires_at is None else iso(invite.expires_at),
        "flags": 0,
        "guild_id": str(invite.guild_id),
        "guild": _invite_guild(guild, invite.guild_id),
        "channel": {
            "id": str(invite.channel_id),
            "type": channel.type if channel is not None else 0,
            "name": channel.name if channel is not None else None,
        },
    }
    if inviter is not None:
        answer["inviter"] = build_user(inviter)
    if counts:
        answer["approximate_member_count"] = len(directory.members(invite.guild_id))
    if metadata:
        answer |= {
            "uses": invite.uses,
            "max_uses": invite.max_uses,
            "max_age": invite.max_age_s,
            "temporary": False,
            "created_at": iso(invite.created_at),
        }
    return answer


def _invite_guild(guild: GuildFacts | None, guild_id: int) -> dict[str, Any]:
    return {
        "id": str(guild_id),
        "name": guild.name if guild is not None else "",
        "splash": None,
        "banner": None,
        "description": guild.description if guild is not None else None,
        "icon": guild.icon if guild is not None else None,
        "features": [],
        "verification_level": 0,
        "vanity_url_code": None,
        "nsfw_level": 0,
        "nsfw": False,
        "premium_subscription_count": 0,
    }
