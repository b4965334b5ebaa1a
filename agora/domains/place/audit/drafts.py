"""From events to what the audit log says about them, in Discord's words."""

from __future__ import annotations

from typing import Any

import msgspec

from agora.domains.place.accounts import CredentialRevoked
from agora.domains.place.audit.model import Action, Change, Draft
from agora.domains.place.channels import ChannelCreated, ChannelDeleted, ChannelUpdated
from agora.domains.place.guilds import (
    GuildCreated,
    GuildDeleted,
    GuildUpdated,
    InviteCreated,
    InviteDeleted,
    MemberBanned,
    MemberJoined,
    MemberLeft,
    MemberUnbanned,
    MemberUpdated,
    RoleCreated,
    RoleDeleted,
    RoleUpdated,
)
from agora.domains.place.permissions import ChannelFacts, Overwrite
from agora.kernel.clock import iso
from agora.kernel.events import Event

EVENTS = (
    GuildCreated,
    GuildUpdated,
    GuildDeleted,
    MemberJoined,
    MemberUpdated,
    MemberLeft,
    MemberBanned,
    MemberUnbanned,
    RoleCreated,
    RoleUpdated,
    RoleDeleted,
    InviteCreated,
    InviteDeleted,
    ChannelCreated,
    ChannelUpdated,
    ChannelDeleted,
    CredentialRevoked,
)

# Fields whose values are ids or permission bits: text on the wire.
_TEXTS = frozenset({"id", "owner_id", "system_channel_id", "parent_id", "permissions", "allow", "deny"})
_NAMES = {"locale": "preferred_locale", "icon": "icon_hash"}
# Not acts of anybody, or told apart as acts of their own.
_SILENT = frozenset(
    {"id", "guild_id", "last_message_id", "overwrites", "recipients", "user_id", "joined_at", "roles", "thread", "defaults"}
)


def drafts(event: Event) -> list[Draft]:
    """What is written down about an event: nothing, one act, or several."""
    if isinstance(event, ChannelCreated | ChannelUpdated | ChannelDeleted):
        return _channel(event)
    if isinstance(event, MemberJoined | MemberUpdated | MemberLeft | MemberBanned | MemberUnbanned):
        return _member(event)
    if isinstance(event, RoleCreated | RoleUpdated | RoleDeleted):
        return [_role(event)]
    return _guild(event)


def _guild(event: Event) -> list[Draft]:
    match event:
        case GuildCreated():
            made = Draft(action=Action.SERVER, name="guild.created", target_id=event.guild.id, guild_id=event.guild.id)
        case GuildDeleted():
            made = Draft(action=Action.SERVER, name="guild.deleted", target_id=event.guild.id, guild_id=event.guild.id)
        case GuildUpdated():
            made = Draft(
                action=Action.GUILD_UPDATE,
                name="guild.updated",
                target_id=event.guild.id,
                guild_id=event.guild.id,
                changes=build_changes(event.before, event.guild),
                reason=event.reason,
            )
        case InviteCreated() | InviteDeleted():
            was = isinstance(event, InviteDeleted)
            code = Change("code", event.code if was else None, None if was else event.code)
            made = Draft(
                action=Action.INVITE_DELETE if was else Action.INVITE_CREATE,
                name="invite.deleted" if was else "invite.created",
                guild_id=event.guild_id,
                changes=(code,),
                options={"channel_id": str(event.channel_id)},
            )
        case CredentialRevoked():
            options = {"kind": event.kind.value, "label": event.label, "credential_id": str(event.credential_id)}
            made = Draft(action=Action.SERVER, name="credential.revoked", target_id=event.user_id, options=options)
        case _:
            return []
    return [made]


def _member(event: MemberJoined | MemberUpdated | MemberLeft | MemberBanned | MemberUnbanned) -> list[Draft]:
    guild_id = event.guild_id
    match event:
        case MemberJoined():
            if event.by != "bot":
                return []
            return [Draft(action=Action.BOT_ADD, name="bot.added", target_id=event.member.user_id, guild_id=guild_id)]
        case MemberLeft():
            if not event.kicked:
                return []
            made = Draft(action=Action.MEMBER_KICK, name="member.kicked", target_id=event.member.user_id)
        case MemberBanned():
            made = Draft(action=Action.MEMBER_BAN_ADD, name="member.banned", target_id=event.user_id)
        case MemberUnbanned():
            made = Draft(action=Action.MEMBER_BAN_REMOVE, name="member.unbanned", target_id=event.user_id)
        case MemberUpdated():
            return _memberbuild_changes(event)
    return [msgspec.structs.replace(made, guild_id=guild_id, reason=event.reason)]


def _memberbuild_changes(event: MemberUpdated) -> list[Draft]:
    before, after, found = event.before, event.member, []
    fields = []
    if before.nick != after.nick:
        fields.append(Change("nick", before.nick, after.nick))
    if before.timeout_until != after.timeout_until:
        old, new = (iso(at) if at else None for at in (before.timeout_until, after.timeout_until))
        fields.append(Change("communication_disabled_until", old, new))
    if fields:
        found.append((Action.MEMBER_UPDATE, "member.updated", tuple(fields)))
    roles = []
    if added := sorted(set(after.roles) - set(before.roles)):
        roles.append(Change("$add", None, [{"id": str(role_id)} for role_id in added]))
    if removed := sorted(set(before.roles) - set(after.roles)):
        roles.append(Change("$remove", None, [{"id": str(role_id)} for role_id in removed]))
    if roles:
        found.append((Action.MEMBER_ROLE_UPDATE, "member.roles_updated", tuple(roles)))
    return [
        Draft(
            action=action,
            name=name,
            target_id=after.user_id,
            guild_id=event.guild_id,
            changes=changes,
            reason=event.reason,
        )
        for action, name, changes in found
    ]


def _role(event: RoleCreated | RoleUpdated | RoleDeleted) -> Draft:
    match event:
        case RoleCreated():
            action, name, changes = Action.ROLE_CREATE, "role.created", build_changes(None, event.role)
        case RoleUpdated():
            action, name, changes = Action.ROLE_UPDATE, "role.updated", build_changes(event.before, event.role)
        case RoleDeleted():
            action, name, changes = Action.ROLE_DELETE, "role.deleted", build_changes(event.role, None)
    return Draft(
        action=action,
        name=name,
        target_id=event.role.id,
        guild_id=event.guild_id,
        changes=changes,
        reason=event.reason,
    )


def _channel(event: ChannelCreated | ChannelUpdated | ChannelDeleted) -> list[Draft]:
    channel = event.channel
    if channel.guild_id is None:
        return []
    found: list[Draft] = []
    match event:
        case ChannelCreated():
            parts = (Action.CHANNEL_CREATE, "channel.created", build_changes(None, channel))
        case ChannelDeleted():
            parts = (Action.CHANNEL_DELETE, "channel.deleted", build_changes(channel, None))
        case ChannelUpdated():
            parts = (Action.CHANNEL_UPDATE, "channel.updated", build_changes(event.before, channel))
            found = _overwrites(event.before, channel)
    action, name, changes = parts
    if changes:
        found.insert(0, Draft(action=action, name=name, target_id=channel.id, changes=changes))
    return [msgspec.structs.replace(each, guild_id=channel.guild_id, reason=event.reason) for each in found]


def _overwrites(before: ChannelFacts, after: ChannelFacts) -> list[Draft]:
    old, new = ({o.id: o for o in channel.overwrites} for channel in (before, after))
    found = []
    for target_id in sorted(old.keys() | new.keys()):
        was, now = old.get(target_id), new.get(target_id)
        if was == now:
            continue
        if was is None:
            action, name = Action.OVERWRITE_CREATE, "overwrite.created"
        elif now is None:
            action, name = Action.OVERWRITE_DELETE, "overwrite.deleted"
        else:
            action, name = Action.OVERWRITE_UPDATE, "overwrite.updated"
        kind = (was or now or Overwrite(target_id, 0)).type
        options = {"id": str(target_id), "type": str(kind)}
        found.append(Draft(action=action, name=name, target_id=after.id, changes=build_changes(was, now), options=options))
    return found


def build_changes(before: msgspec.Struct | None, after: msgspec.Struct | None) -> tuple[Change, ...]:
    """The fields that differ; of something new or gone, those that say anything."""
    old = {} if before is None else msgspec.structs.asdict(before)
    new = {} if after is None else msgspec.structs.asdict(after)
    found = []
    for name in new or old:
        if name in _SILENT or old.get(name) == new.get(name):
            continue
        found.append(Change(_NAMES.get(name, name), _value(name, old.get(name)), _value(name, new.get(name))))
    return tuple(found)


def _value(name: str, value: Any) -> object:
    return str(value) if name in _TEXTS and value is not None else value
