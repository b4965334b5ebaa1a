"""The only statements that change roles and invitations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import delete, insert, update

from agora.domains.place.guilds import tables as t
from agora.domains.place.guilds.events import (
    InviteCreated,
    InviteDeleted,
    RoleCreated,
    RoleDeleted,
    RoleUpdated,
)
from agora.domains.place.guilds.model import Invite, NewRole
from agora.domains.place.guilds.ports import GuildStep
from agora.domains.place.guilds.queries import find_invite, get_guild, get_role, list_roles
from agora.domains.place.guilds.writes import do_add_member
from agora.domains.place.permissions import MemberFacts, RoleFacts
from agora.kernel.errors import BadRequest, NotFound
from agora.kernel.events import to_guild, to_users
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

MAX_ROLES = 250


def do_create_role(tx: Tx, guild_id: int, new: NewRole, *, managed: bool = False) -> RoleFacts:
    """Make a role just above everyone's. Raises NotFound 10004, BadRequest 30005 when there are too many."""
    get_guild(tx, guild_id)
    roles = list_roles(tx, guild_id)
    if len(roles) >= MAX_ROLES:
        raise BadRequest(f"Maximum number of server roles reached ({MAX_ROLES})", code=ErrorCode.MAX_ROLES)
    everyone = next(role for role in roles if role.id == guild_id)
    role = RoleFacts(
        id=tx.new_id(),
        name=new.name,
        permissions=everyone.permissions if new.permissions is None else new.permissions,
        position=1,
        color=new.color,
        hoist=new.hoist,
        mentionable=new.mentionable,
        managed=managed,
    )
    do_put_role(tx, guild_id, role)
    return role


def do_put_role(tx: Tx, guild_id: int, role: RoleFacts) -> None:
    """Store a role that is complete already, id and place included."""
    tx.execute(insert(t.role).values(msgspec.structs.asdict(role) | {"guild_id": guild_id}))
    event = RoleCreated(guild_id=guild_id, role=role, reason=tx.ctx.audit_reason)
    tx.emit(event, to_guild(guild_id), guild_id=guild_id)


def do_edit_role(tx: Tx, guild_id: int, role_id: int, changes: dict[str, Any]) -> RoleFacts:
    """Change a role. Raises NotFound 10011."""
    before = get_role(tx, guild_id, role_id)
    after = msgspec.structs.replace(before, **changes)
    if after == before:
        return before
    tx.execute(update(t.role).where(t.role.c.id == role_id).values(changes))
    event = RoleUpdated(guild_id=guild_id, role=after, before=before, reason=tx.ctx.audit_reason)
    tx.emit(event, to_guild(guild_id), guild_id=guild_id)
    return after


def do_place_roles(tx: Tx, guild_id: int, positions: dict[int, int]) -> None:
    """Put roles at these positions; everyone's stays at 0. Raises NotFound 10011 before anything changes."""
    for role_id in positions:
        get_role(tx, guild_id, role_id)
    for role_id, position in positions.items():
        do_edit_role(tx, guild_id, role_id, {"position": position})


def do_delete_role(tx: Tx, guild_id: int, role_id: int) -> None:
    """End a role; members and channels lose it. Raises NotFound 10011."""
    role = get_role(tx, guild_id, role_id)
    tx.execute(delete(t.member_role).where(t.member_role.c.role_id == role_id))
    tx.execute(delete(t.role).where(t.role.c.id == role_id))
    event = RoleDeleted(guild_id=guild_id, role=role, reason=tx.ctx.audit_reason)
    tx.emit(event, to_guild(guild_id), guild_id=guild_id)
    for step in tx.app.offers(GuildStep):
        step.role_deleted(tx, guild_id, role_id)


def do_create_invite(tx: Tx, invite: Invite, owner_id: int) -> Invite:
    """Store a new invitation; the inviter and the guild's owner are told."""
    tx.execute(insert(t.invite).values(msgspec.structs.asdict(invite)))
    event = InviteCreated(
        guild_id=invite.guild_id,
        channel_id=invite.channel_id,
        code=invite.code,
        inviter_id=invite.inviter_id,
        max_age_s=invite.max_age_s,
        max_uses=invite.max_uses,
        created_at=invite.created_at,
    )
    tx.emit(event, to_users(invite.inviter_id, owner_id), guild_id=invite.guild_id, channel_id=invite.channel_id)
    return invite


def do_take_invite(tx: Tx, code: str, user_id: int) -> tuple[Invite, MemberFacts | None]:
    """Join by an invitation; the member is None for who is one already, and the invitation then stays unused.

    Raises NotFound 10006 when it is unknown, too old or used up, Forbidden 40007 for a banned user.
    """
    invite = find_invite(tx, code)
    if invite is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_INVITE], code=ErrorCode.UNKNOWN_INVITE)
    member = do_add_member(tx, invite.guild_id, user_id, by="invite")
    if member is not None:
        tx.execute(update(t.invite).where(t.invite.c.code == code).values(uses=invite.uses + 1))
    return invite, member


def do_delete_invite(tx: Tx, invite: Invite, owner_id: int) -> None:
    """Withdraw an invitation."""
    tx.execute(delete(t.invite).where(t.invite.c.code == invite.code))
    event = InviteDeleted(guild_id=invite.guild_id, channel_id=invite.channel_id, code=invite.code)
    tx.emit(event, to_users(invite.inviter_id, owner_id), guild_id=invite.guild_id, channel_id=invite.channel_id)
