"""What gateway clients hear of communities, and what they are told when they connect.

https://discord.com/developers/docs/events/gateway-events#guilds
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from agora.domains.place.accounts import Users, UserUpdated, build_user
from agora.domains.place.guilds import events as e
from agora.domains.place.guilds.wire import build_guild, build_member, build_role
from agora.domains.place.permissions import Directory
from agora.gateway.ports import Dispatch, GuildEntry, GuildPart, SightChange, Spread
from agora.kernel.clock import iso
from agora.kernel.events import Audience, Recorded, to_guild, to_users
from agora.kernel.http import encode
from agora.protocol.intents import Intent

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.ctx import Ctx

# Discord's largest large_threshold: bigger communities list only the reader, and members are asked for.
LARGE = 250


async def base_part(ctx: Ctx, guild_id: int) -> dict[str, Any]:
    """GUILD_CREATE's own fields, for the member who reads it."""
    directory = ctx.app.get(Directory)
    guild, member = directory.guild(guild_id), directory.member(guild_id, ctx.actor.user_id)
    if guild is None or member is None:
        return {"id": str(guild_id), "unavailable": True}
    count = len(directory.members(guild_id))
    base: dict[str, Any] = msgspec.structs.asdict(build_guild(ctx.app, guild))
    base = {key: value for key, value in base.items() if value is not msgspec.UNSET}
    return base | {
        "joined_at": iso(member.joined_at),
        "large": count > LARGE,
        "member_count": count,
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


async def members_part(ctx: Ctx, guild_id: int) -> list[Any]:
    """GUILD_CREATE's ``members``: all of a small community, of a large one only the reader."""
    directory = ctx.app.get(Directory)
    known = directory.member_facts(guild_id)
    wanted = sorted(known) if len(known) <= LARGE else [ctx.actor.user_id]
    return [build_member(ctx.app, known[user_id]) for user_id in wanted if user_id in known]


def guild_payload(app: App, recorded: Recorded) -> bytes | None:
    """GUILD_UPDATE."""
    event = recorded.event
    assert isinstance(event, e.GuildUpdated)
    return encode(build_guild(app, event.guild))


def gone_payload(app: App, recorded: Recorded) -> bytes | None:
    """GUILD_DELETE: the community ended, or the reader is out of it."""
    event = recorded.event
    assert isinstance(event, e.GuildDeleted | e.MemberLeft)
    guild_id = event.guild.id if isinstance(event, e.GuildDeleted) else event.guild_id
    return encode({"id": str(guild_id)})


def member_payload(app: App, recorded: Recorded) -> bytes | None:
    """GUILD_MEMBER_ADD and GUILD_MEMBER_UPDATE."""
    event = recorded.event
    assert isinstance(event, e.MemberJoined | e.MemberUpdated)
    return encode(build_member(app, event.member, guild_id=event.guild_id))


def left_payload(app: App, recorded: Recorded) -> bytes | None:
    """GUILD_MEMBER_REMOVE."""
    event = recorded.event
    assert isinstance(event, e.MemberLeft)
    return _user_in_guild(app, event.guild_id, event.member.user_id)


def ban_payload(app: App, recorded: Recorded) -> bytes | None:
    """GUILD_BAN_ADD and GUILD_BAN_REMOVE."""
    event = recorded.event
    assert isinstance(event, e.MemberBanned | e.MemberUnbanned)
    return _user_in_guild(app, event.guild_id, event.user_id)


def role_payload(app: App, recorded: Recorded) -> bytes | None:
    """GUILD_ROLE_CREATE and GUILD_ROLE_UPDATE."""
    event = recorded.event
    assert isinstance(event, e.RoleCreated | e.RoleUpdated)
    return encode({"guild_id": str(event.guild_id), "role": build_role(event.role)})


def role_gone_payload(app: App, recorded: Recorded) -> bytes | None:
    """GUILD_ROLE_DELETE: clients take the role from its members themselves."""
    event = recorded.event
    assert isinstance(event, e.RoleDeleted)
    return encode({"guild_id": str(event.guild_id), "role_id": str(event.role.id)})


def invite_payload(app: App, recorded: Recorded) -> bytes | None:
    """INVITE_CREATE."""
    event = recorded.event
    assert isinstance(event, e.InviteCreated)
    inviter = app.get(Users).get(event.inviter_id)
    body: dict[str, Any] = {
        "type": 0,
        "channel_id": str(event.channel_id),
        "code": event.code,
        "created_at": iso(event.created_at),
        "expires_at": iso(event.created_at + event.max_age_s * 1000) if event.max_age_s else None,
        "guild_id": str(event.guild_id),
        "max_age": event.max_age_s,
        "max_uses": event.max_uses,
        "temporary": False,
        "uses": 0,
    }
    return encode(body if inviter is None else body | {"inviter": build_user(inviter)})


def invite_gone_payload(app: App, recorded: Recorded) -> bytes | None:
    """INVITE_DELETE."""
    event = recorded.event
    assert isinstance(event, e.InviteDeleted)
    return encode({"channel_id": str(event.channel_id), "guild_id": str(event.guild_id), "code": event.code})


def renamed_payloads(app: App, recorded: Recorded) -> Sequence[tuple[Audience, bytes]]:
    """A changed account is a changed member in each of its communities."""
    event = recorded.event
    assert isinstance(event, UserUpdated)
    directory, told = app.get(Directory), []
    for guild_id in directory.guilds_of(event.user.id):
        member = directory.member(guild_id, event.user.id)
        if member is not None:
            told.append((to_guild(guild_id), encode(build_member(app, member, guild_id=guild_id))))
    return told


def entered(app: App, recorded: Recorded) -> tuple[int, Sequence[int]] | None:
    """Who is in a community now and was not before."""
    event = recorded.event
    if isinstance(event, e.GuildCreated):
        return event.guild.id, (event.member.user_id,)
    assert isinstance(event, e.MemberJoined)
    return event.guild_id, (event.member.user_id,)


def sight_guild(app: App, recorded: Recorded) -> int | None:
    """The community in which members may now see other channels; None when nothing of that kind changed."""
    event = recorded.event
    match event:
        case e.RoleUpdated():
            return event.guild_id if event.role.permissions != event.before.permissions else None
        case e.RoleDeleted():
            return event.guild_id
        case e.MemberUpdated():
            return event.guild_id if event.member.roles != event.before.roles else None
        case e.GuildUpdated():
            return event.guild.id if event.guild.owner_id != event.before.owner_id else None
    return None


def rest_of_guild(app: App, recorded: Recorded) -> Audience | None:
    """Those who stay."""
    event = recorded.event
    assert isinstance(event, e.MemberLeft)
    return to_guild(event.guild_id)


def who_left(app: App, recorded: Recorded) -> Audience | None:
    """The one who is out."""
    event = recorded.event
    assert isinstance(event, e.MemberLeft)
    return to_users(event.member.user_id)


def _user_in_guild(app: App, guild_id: int, user_id: int) -> bytes | None:
    user = app.get(Users).get(user_id)
    return None if user is None else encode({"guild_id": str(guild_id), "user": build_user(user)})


GUILDS, MEMBERS = int(Intent.GUILDS), int(Intent.GUILD_MEMBERS)
MODERATION, INVITES = int(Intent.GUILD_MODERATION), int(Intent.GUILD_INVITES)

OFFERS = (
    GuildPart(key="", build=base_part),
    GuildPart(key="members", build=members_part),
    GuildEntry(event=e.GuildCreated, entered=entered),
    GuildEntry(event=e.MemberJoined, entered=entered),
    Dispatch(event=e.GuildUpdated, name="GUILD_UPDATE", payload=guild_payload, intent=GUILDS),
    Dispatch(event=e.GuildDeleted, name="GUILD_DELETE", payload=gone_payload, intent=GUILDS),
    Dispatch(event=e.MemberJoined, name="GUILD_MEMBER_ADD", payload=member_payload, intent=MEMBERS),
    Dispatch(event=e.MemberUpdated, name="GUILD_MEMBER_UPDATE", payload=member_payload, intent=MEMBERS),
    Dispatch(
        event=e.MemberLeft,
        name="GUILD_MEMBER_REMOVE",
        payload=left_payload,
        intent=MEMBERS,
        audience=rest_of_guild,
    ),
    Dispatch(event=e.MemberLeft, name="GUILD_DELETE", payload=gone_payload, intent=GUILDS, audience=who_left),
    Dispatch(event=e.MemberBanned, name="GUILD_BAN_ADD", payload=ban_payload, intent=MODERATION),
    Dispatch(event=e.MemberUnbanned, name="GUILD_BAN_REMOVE", payload=ban_payload, intent=MODERATION),
    Dispatch(event=e.RoleCreated, name="GUILD_ROLE_CREATE", payload=role_payload, intent=GUILDS),
    Dispatch(event=e.RoleUpdated, name="GUILD_ROLE_UPDATE", payload=role_payload, intent=GUILDS),
    Dispatch(event=e.RoleDeleted, name="GUILD_ROLE_DELETE", payload=role_gone_payload, intent=GUILDS),
    Dispatch(event=e.InviteCreated, name="INVITE_CREATE", payload=invite_payload, intent=INVITES),
    Dispatch(event=e.InviteDeleted, name="INVITE_DELETE", payload=invite_gone_payload, intent=INVITES),
    Spread(event=UserUpdated, name="GUILD_MEMBER_UPDATE", payloads=renamed_payloads, intent=MEMBERS),
    SightChange(event=e.RoleUpdated, guild_of=sight_guild),
    SightChange(event=e.RoleDeleted, guild_of=sight_guild),
    SightChange(event=e.MemberUpdated, guild_of=sight_guild),
    SightChange(event=e.GuildUpdated, guild_of=sight_guild),
)
