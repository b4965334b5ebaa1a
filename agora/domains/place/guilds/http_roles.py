"""REST of roles."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.place.guilds import roles
from agora.domains.place.guilds.model import NewRole, RoleEdit
from agora.domains.place.guilds.rank import get_role as role_of
from agora.domains.place.guilds.wire import build_role
from agora.domains.place.permissions import Directory, check_guild
from agora.kernel import ids
from agora.kernel.errors import invalid
from agora.kernel.http import Request, Route
from agora.kernel.ids import Id
from agora.protocol import payloads
from agora.protocol.permissions import from_wire

Color = Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFF)]


class Colors(msgspec.Struct, frozen=True):
    """Newer clients send this beside ``color``; only the first colour is used."""

    primary_color: Color = 0


class RoleBody(msgspec.Struct, frozen=True):
    """A role to make or to change; ``permissions`` is a number, as Discord's clients send it as text."""

    name: str | UnsetType | None = UNSET
    permissions: str | int | UnsetType | None = UNSET
    color: Color | UnsetType | None = UNSET
    colors: Colors | UnsetType | None = UNSET
    hoist: bool | UnsetType | None = UNSET
    mentionable: bool | UnsetType | None = UNSET


class Position(msgspec.Struct, frozen=True):
    """Where one role goes."""

    id: Id
    position: int | None = None


async def list_roles(request: Request) -> list[payloads.Role]:
    """All roles, everyone's first."""
    guild_id = request.id("guild_id")
    check_guild(request.ctx, 0, guild_id=guild_id)
    return [build_role(role) for role in request.ctx.app.get(Directory).roles(guild_id)]


async def count_members(request: Request) -> dict[str, int]:
    """How many members hold each role; everyone's is left out, as on Discord."""
    guild_id = request.id("guild_id")
    check_guild(request.ctx, 0, guild_id=guild_id)
    directory = request.ctx.app.get(Directory)
    counts = {role.id: 0 for role in directory.roles(guild_id) if role.id != guild_id}
    for member in directory.member_facts(guild_id).values():
        for role_id in member.roles:
            counts[role_id] = counts.get(role_id, 0) + 1
    return {str(role_id): count for role_id, count in counts.items()}


async def get_role(request: Request) -> payloads.Role:
    """One role."""
    guild_id = request.id("guild_id")
    check_guild(request.ctx, 0, guild_id=guild_id)
    return build_role(role_of(request.ctx, guild_id, request.id("role_id")))


async def create_role(request: Request) -> payloads.Role:
    """Make a role."""
    body: RoleBody = request.body
    bits, color = read_bits(body.permissions), _color(body)
    new = NewRole(
        name=body.name or "new role",
        permissions=None if bits is UNSET else bits,
        color=0 if color is UNSET else color,
        hoist=body.hoist is True,
        mentionable=body.mentionable is True,
    )
    return build_role(await roles.create_role(request.ctx, request.id("guild_id"), new))


async def edit_role(request: Request) -> payloads.Role:
    """Change a role."""
    body: RoleBody = request.body
    edit = RoleEdit(
        name=body.name if isinstance(body.name, str) else UNSET,
        permissions=read_bits(body.permissions),
        color=_color(body),
        hoist=body.hoist if isinstance(body.hoist, bool) else UNSET,
        mentionable=body.mentionable if isinstance(body.mentionable, bool) else UNSET,
    )
    return build_role(await roles.edit_role(request.ctx, request.id("guild_id"), request.id("role_id"), edit))


async def place_roles(request: Request) -> list[payloads.Role]:
    """Change the order."""
    positions: dict[int, int] = {}
    for index, each in enumerate(request.body):
        role_id = ids.parse(each.id)
        if role_id is None:
            raise invalid(f"{index}.id", f'Value "{str(each.id)[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
        if each.position is not None:
            positions[role_id] = each.position
    placed = await roles.place_roles(request.ctx, request.id("guild_id"), positions)
    return [build_role(role) for role in placed]


async def delete_role(request: Request) -> None:
    """End a role."""
    await roles.delete_role(request.ctx, request.id("guild_id"), request.id("role_id"))


def read_bits(value: str | int | UnsetType | None, field: str = "permissions") -> int | UnsetType:
    """Permission bits of a body, as text or number. Raises BadRequest on its field."""
    if value is UNSET or value is None:
        return UNSET
    bits = from_wire(str(value))
    if bits is None:
        raise invalid(field, "Must be a number of permission bits.", "NUMBER_TYPE_COERCE")
    return bits


def _color(body: RoleBody) -> int | UnsetType:
    if isinstance(body.color, int):
        return body.color
    return body.colors.primary_color if isinstance(body.colors, Colors) else UNSET


_ROLES = "/api/v10/guilds/{guild_id}/roles"
_R = payloads.Role

ROUTES = (
    Route(method="GET", path=_ROLES, handler=list_roles, summary="All roles.", answer=list[_R]),
    Route(
        method="GET",
        path=f"{_ROLES}/member-counts",
        handler=count_members,
        summary="How many members hold each role, everyone's left out.",
        answer=dict[str, int],
    ),
    Route(method="GET", path=f"{_ROLES}/{{role_id}}", handler=get_role, summary="A role.", answer=_R),
    Route(
        method="POST",
        path=_ROLES,
        handler=create_role,
        summary="Make a role; needs MANAGE_ROLES.",
        body=RoleBody,
        answer=_R,
    ),
    Route(
        method="PATCH",
        path=_ROLES,
        handler=place_roles,
        summary="Change the order of roles; needs MANAGE_ROLES.",
        body=list[Position],
        answer=list[_R],
    ),
    Route(
        method="PATCH",
        path=f"{_ROLES}/{{role_id}}",
        handler=edit_role,
        summary="Change a role; needs MANAGE_ROLES.",
        body=RoleBody,
        answer=_R,
    ),
    Route(
        method="DELETE",
        path=f"{_ROLES}/{{role_id}}",
        handler=delete_role,
        summary="End a role; needs MANAGE_ROLES.",
        status=204,
    ),
)
