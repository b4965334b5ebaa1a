"""Who stands above whom: nobody may change a role or a member at or above their own highest role.

https://discord.com/developers/docs/topics/permissions#permission-hierarchy
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.place.permissions import Directory, RoleFacts
from agora.kernel.errors import Forbidden, NotFound
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import ALL, Permission

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

# Above every role: owners, and the server itself.
TOP = (1 << 62, 0)


def rank_of(ctx: Ctx, guild_id: int, user_id: int) -> tuple[int, int]:
    """The rank of a user's highest role; everyone's for who has none."""
    directory = ctx.app.get(Directory)
    guild, member = directory.guild(guild_id), directory.member(guild_id, user_id)
    if guild is not None and guild.owner_id == user_id:
        return TOP
    held = (directory.role(guild_id, role_id) for role_id in (member.roles if member is not None else ()))
    return max((role.rank for role in held if role is not None), default=(0, -guild_id))


def actor_rank(ctx: Ctx, guild_id: int) -> tuple[int, int]:
    """The rank of who acts."""
    return TOP if ctx.actor.via == "internal" else rank_of(ctx, guild_id, ctx.actor.user_id)


def actor_bits(ctx: Ctx, guild_id: int) -> int:
    """The guild permissions of who acts."""
    if ctx.actor.via == "internal":
        return ALL
    return ctx.app.get(Directory).guild_permissions(ctx.actor.user_id, guild_id)


def get_role(ctx: Ctx, guild_id: int, role_id: int) -> RoleFacts:
    """A role of the guild. Raises NotFound 10011."""
    role = ctx.app.get(Directory).role(guild_id, role_id)
    if role is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_ROLE], code=ErrorCode.UNKNOWN_ROLE)
    return role


def check_above_role(ctx: Ctx, guild_id: int, role: RoleFacts) -> None:
    """Raises Forbidden 50013 unless the actor's highest role is above this one."""
    if actor_rank(ctx, guild_id) <= role.rank:
        raise _lacking()


def check_above_member(ctx: Ctx, guild_id: int, user_id: int) -> None:
    """Raises Forbidden 50013 unless the actor stands above this member. Nobody stands above the owner."""
    if actor_rank(ctx, guild_id) <= rank_of(ctx, guild_id, user_id) and ctx.actor.via != "internal":
        raise _lacking()


def check_grant(ctx: Ctx, guild_id: int, before: int, after: int) -> None:
    """Raises Forbidden 50013 when bits change that the actor does not have."""
    held = actor_bits(ctx, guild_id)
    if not held & Permission.ADMINISTRATOR and (before ^ after) & ~held:
        raise _lacking()


def _lacking() -> Forbidden:
    return Forbidden(MESSAGES[ErrorCode.MISSING_PERMISSIONS], code=ErrorCode.MISSING_PERMISSIONS)
