"""Making, changing, ordering and ending roles. Nobody touches what stands at or above their own highest role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from agora.domains.place.guilds.model import NewRole, RoleEdit
from agora.domains.place.guilds.rank import actor_rank, check_above_role, check_grant, get_role
from agora.domains.place.guilds.role_writes import (
    do_create_role,
    do_delete_role,
    do_edit_role,
    do_place_roles,
)
from agora.domains.place.permissions import Directory, RoleFacts, check_guild
from agora.kernel.errors import BadRequest, Forbidden, invalid
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import ALL, Permission

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

MAX_COLOR = 0xFFFFFF


async def create_role(ctx: Ctx, guild_id: int, new: NewRole) -> RoleFacts:
    """Make a role. Raises NotFound 10004, Forbidden 50013 (also for permissions the actor lacks), BadRequest."""
    check_guild(ctx, Permission.MANAGE_ROLES, guild_id=guild_id)
    check_role_name(new.name)
    _check_color(new.color)
    if new.permissions is not None:
        new_bits = new.permissions & ALL
        check_grant(ctx, guild_id, 0, new_bits)
    return await ctx.write(do_create_role, guild_id, new)


async def edit_role(ctx: Ctx, guild_id: int, role_id: int, edit: RoleEdit) -> RoleFacts:
    """Change a role; of everyone's only the permissions. Raises NotFound 10011, Forbidden 50013, BadRequest."""
    check_guild(ctx, Permission.MANAGE_ROLES, guild_id=guild_id)
    role = get_role(ctx, guild_id, role_id)
    check_above_role(ctx, guild_id, role)
    changes: dict[str, Any] = {}
    if edit.permissions is not UNSET:
        changes["permissions"] = edit.permissions & ALL
        check_grant(ctx, guild_id, role.permissions, changes["permissions"])
    if role.id != guild_id:
        if edit.name is not UNSET:
            changes["name"] = check_role_name(edit.name)
        if edit.color is not UNSET:
            changes["color"] = _check_color(edit.color)
        if edit.hoist is not UNSET:
            changes["hoist"] = edit.hoist
        if edit.mentionable is not UNSET:
            changes["mentionable"] = edit.mentionable
    return await ctx.write(do_edit_role, guild_id, role_id, changes) if changes else role


async def place_roles(ctx: Ctx, guild_id: int, positions: Mapping[int, int]) -> list[RoleFacts]:
    """Put roles at new positions, all of them below the actor's own; returns all roles in order.

    Raises NotFound 10011, Forbidden 50013, BadRequest.
    """
    check_guild(ctx, Permission.MANAGE_ROLES, guild_id=guild_id)
    own_position = actor_rank(ctx, guild_id)[0]
    for role_id, position in positions.items():
        role = get_role(ctx, guild_id, role_id)
        if role.id == guild_id:
            if position != 0:
                raise invalid("position", "The role of everyone stays at 0.", "ROLE_POSITION_INVALID")
            continue
        check_above_role(ctx, guild_id, role)
        if position < 1:
            raise invalid("position", "Must be 1 or more.", "NUMBER_TYPE_MIN")
        if position >= own_position:
            raise Forbidden(MESSAGES[ErrorCode.MISSING_PERMISSIONS], code=ErrorCode.MISSING_PERMISSIONS)
    moved = {role_id: position for role_id, position in positions.items() if role_id != guild_id}
    await ctx.write(do_place_roles, guild_id, moved)
    return ctx.app.get(Directory).roles(guild_id)


async def delete_role(ctx: Ctx, guild_id: int, role_id: int) -> None:
    """End a role. Raises NotFound 10011, Forbidden 50013, BadRequest 50028 for everyone's and bots' own."""
    check_guild(ctx, Permission.MANAGE_ROLES, guild_id=guild_id)
    role = get_role(ctx, guild_id, role_id)
    if role.id == guild_id or role.managed:
        raise BadRequest(MESSAGES[ErrorCode.INVALID_ROLE], code=ErrorCode.INVALID_ROLE)
    check_above_role(ctx, guild_id, role)
    await ctx.write(do_delete_role, guild_id, role_id)


def check_role_name(name: str) -> str:
    """The name. Raises BadRequest on the field ``name``."""
    if not 1 <= len(name.strip()) <= 100:
        raise invalid("name", "Must be between 1 and 100 in length.", "BASE_TYPE_BAD_LENGTH")
    return name.strip()


def _check_color(color: int) -> int:
    if not 0 <= color <= MAX_COLOR:
        raise invalid("color", f"Must be between 0 and {MAX_COLOR}.", "NUMBER_TYPE_MAX")
    return color
