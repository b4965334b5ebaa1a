"""The only statements that change communities and their members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import delete, insert, update

from agora.domains.place.accounts import Users
from agora.domains.place.guilds import tables as t
from agora.domains.place.guilds.events import (
    GuildCreated,
    GuildDeleted,
    GuildUpdated,
    MemberBanned,
    MemberJoined,
    MemberLeft,
    MemberUnbanned,
    MemberUpdated,
)
from agora.domains.place.guilds.ports import GuildStep, LeaveStep, Writers
from agora.domains.place.guilds.queries import find_ban, find_member, get_guild, get_member, get_role, list_members
from agora.domains.place.permissions import GuildFacts, MemberFacts, RoleFacts
from agora.kernel.errors import BadRequest, Forbidden, NotFound
from agora.kernel.events import to_guild
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import DEFAULT_EVERYONE

if TYPE_CHECKING:
    from agora.kernel.tx import Tx


def do_create_guild(
    tx: Tx,
    name: str,
    owner_id: int,
    *,
    description: str | None = None,
    locale: str = "en",
    open: bool = False,
    furnish: bool = True,
) -> int:
    """Found a community with everyone's role, its owner, and unless ``furnish`` is false a first channel; returns its id."""
    guild = GuildFacts(id=tx.new_id(), name=name, owner_id=owner_id, description=description, locale=locale, open=open)
    everyone = RoleFacts(id=guild.id, name="@everyone", permissions=DEFAULT_EVERYONE)
    owner = MemberFacts(user_id=owner_id, joined_at=tx.now_ms)
    tx.execute(insert(t.guild).values(msgspec.structs.asdict(guild) | {"created_at": tx.now_ms}))
    tx.execute(insert(t.role).values(msgspec.structs.asdict(everyone) | {"guild_id": guild.id}))
    tx.execute(insert(t.member).values(guild_id=guild.id, user_id=owner_id, joined_at=tx.now_ms))
    event = GuildCreated(guild=guild, everyone=everyone, member=owner)
    tx.emit(event, to_guild(guild.id), guild_id=guild.id)
    for step in tx.app.offers(GuildStep) if furnish else ():
        step.furnish(tx, guild)
    return guild.id


def do_edit_guild(tx: Tx, guild_id: int, changes: dict[str, Any]) -> GuildFacts:
    """Change a guild's own fields. Raises NotFound 10004; 10013 when the new owner is no member."""
    before = get_guild(tx, guild_id)
    after = msgspec.structs.replace(before, **changes)
    if after == before:
        return before
    if after.owner_id != before.owner_id and find_member(tx, guild_id, after.owner_id) is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_MEMBER], code=ErrorCode.UNKNOWN_MEMBER)
    tx.execute(update(t.guild).where(t.guild.c.id == guild_id).values(changes))
    event = GuildUpdated(guild=after, before=before, reason=tx.ctx.audit_reason)
    tx.emit(event, to_guild(guild_id), guild_id=guild_id)
    return after


def do_delete_guild(tx: Tx, guild_id: int) -> None:
    """End a community. Raises NotFound 10004."""
    guild = get_guild(tx, guild_id)
    for step in tx.app.offers(GuildStep):
        step.deleted(tx, guild)
    for table in (t.invite, t.ban, t.member_role, t.member, t.role):
        tx.execute(delete(table).where(table.c.guild_id == guild_id))
    tx.execute(delete(t.guild).where(t.guild.c.id == guild_id))
    tx.emit(GuildDeleted(guild=guild), to_guild(guild_id), guild_id=guild_id)


def do_forget_channel(tx: Tx, guild_id: int, channel_id: int) -> None:
    """A channel ends: its invitations end, and it is no longer the one for notices of the system."""
    tx.execute(delete(t.invite).where(t.invite.c.channel_id == channel_id))
    if get_guild(tx, guild_id).system_channel_id == channel_id:
        do_edit_guild(tx, guild_id, {"system_channel_id": None})


def do_add_member(tx: Tx, guild_id: int, user_id: int, *, by: str = "added") -> MemberFacts | None:
    """Make a user a member; None when they are one. Raises NotFound 10004, Forbidden 40007 when they are banned."""
    get_guild(tx, guild_id)
    if find_member(tx, guild_id, user_id) is not None:
        return None
    if find_ban(tx, guild_id, user_id) is not None:
        raise Forbidden(MESSAGES[ErrorCode.USER_BANNED], code=ErrorCode.USER_BANNED)
    member = MemberFacts(user_id=user_id, joined_at=tx.now_ms)
    tx.execute(insert(t.member).values(guild_id=guild_id, user_id=user_id, joined_at=tx.now_ms))
    tx.emit(MemberJoined(guild_id=guild_id, member=member, by=by), to_guild(guild_id), guild_id=guild_id)
    return member


def do_edit_member(
    tx: Tx,
    guild_id: int,
    user_id: int,
    fields: dict[str, Any],
    *,
    add: frozenset[int] = frozenset(),
    remove: frozenset[int] = frozenset(),
) -> MemberFacts:
    """Change nickname or timeout, give and take roles. Raises NotFound 10007, and 10011 for a role that is gone."""
    before = get_member(tx, guild_id, user_id)
    roles = tuple(sorted((frozenset(before.roles) | add) - remove))
    after = msgspec.structs.replace(before, roles=roles, **fields)
    if after == before:
        return before
    if fields:
        mine = (t.member.c.guild_id == guild_id) & (t.member.c.user_id == user_id)
        tx.execute(update(t.member).where(mine).values(fields))
    for role_id in sorted(add - frozenset(before.roles)):
        get_role(tx, guild_id, role_id)
        tx.execute(insert(t.member_role).values(guild_id=guild_id, user_id=user_id, role_id=role_id))
    taken = remove & frozenset(before.roles)
    if taken:
        held = t.member_role.c
        which = (held.guild_id == guild_id) & (held.user_id == user_id) & held.role_id.in_(taken)
        tx.execute(delete(t.member_role).where(which))
    event = MemberUpdated(guild_id=guild_id, member=after, before=before, reason=tx.ctx.audit_reason)
    tx.emit(event, to_guild(guild_id), guild_id=guild_id)
    return after


def do_remove_member(tx: Tx, guild_id: int, user_id: int, *, kicked: bool) -> None:
    """End a membership. Raises NotFound 10007, BadRequest 50055 for the owner."""
    if get_guild(tx, guild_id).owner_id == user_id:
        raise BadRequest("Invalid Guild", code=50055)
    member = get_member(tx, guild_id, user_id)
    for step in tx.app.offers(LeaveStep):
        step.do_leave(tx, guild_id, user_id)
    for table in (t.member_role, t.member):
        tx.execute(delete(table).where(table.c.guild_id == guild_id, table.c.user_id == user_id))
    event = MemberLeft(guild_id=guild_id, member=member, kicked=kicked, reason=tx.ctx.audit_reason)
    tx.emit(event, to_guild(guild_id, also=(user_id,)), guild_id=guild_id)


def do_ban(tx: Tx, guild_id: int, user_id: int, delete_message_s: int = 0) -> bool:
    """Remove a member, if they are one, and keep them out; false when they are banned already."""
    get_guild(tx, guild_id)
    if find_ban(tx, guild_id, user_id) is not None:
        return False
    if find_member(tx, guild_id, user_id) is not None:
        do_remove_member(tx, guild_id, user_id, kicked=True)
    reason = tx.ctx.audit_reason
    tx.execute(insert(t.ban).values(guild_id=guild_id, user_id=user_id, reason=reason, created_at=tx.now_ms))
    event = MemberBanned(guild_id=guild_id, user_id=user_id, reason=reason, delete_message_s=delete_message_s)
    tx.emit(event, to_guild(guild_id, also=(user_id,)), guild_id=guild_id)
    return True


def do_prune(tx: Tx, guild_id: int, since_ms: int, role_ids: frozenset[int], *, count_only: bool) -> int:
    """Kick who has no other roles than these, joined before and has written nothing since; returns how many."""
    active: set[int] = {get_guild(tx, guild_id).owner_id}
    for offer in tx.app.offers(Writers):
        active |= offer.list_writers(tx, guild_id, since_ms)
    users = tx.app.get(Users)
    gone = [
        member.user_id
        for member in list_members(tx, guild_id)
        if member.user_id not in active
        and member.joined_at < since_ms
        and role_ids.issuperset(member.roles)
        and (user := users.get(member.user_id)) is not None
        and not user.bot
    ]
    for user_id in () if count_only else gone:
        do_remove_member(tx, guild_id, user_id, kicked=True)
    return len(gone)


def do_unban(tx: Tx, guild_id: int, user_id: int) -> None:
    """Let a user join again. Raises NotFound 10026."""
    which = (t.ban.c.guild_id == guild_id) & (t.ban.c.user_id == user_id)
    if tx.execute(delete(t.ban).where(which)).rowcount == 0:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_BAN], code=ErrorCode.UNKNOWN_BAN)
    event = MemberUnbanned(guild_id=guild_id, user_id=user_id, reason=tx.ctx.audit_reason)
    tx.emit(event, to_guild(guild_id), guild_id=guild_id)
