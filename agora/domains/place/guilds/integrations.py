"""Integrations of a community: the bots in it. One is known by its bot's id, as its application is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.place.accounts import User, Users
from agora.domains.place.guilds.writes import do_remove_member
from agora.domains.place.permissions import Directory, check_guild
from agora.kernel.errors import NotFound
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import Permission

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx


def list_integrations(ctx: Ctx, guild_id: int) -> list[User]:
    """The bots in a community, oldest first. Raises NotFound 10004, Forbidden 50013."""
    check_guild(ctx, Permission.MANAGE_GUILD, guild_id=guild_id)
    users = ctx.app.get(Users)
    found = (users.get(user_id) for user_id in sorted(ctx.app.get(Directory).members(guild_id)))
    return [user for user in found if user is not None and user.bot]


async def delete_integration(ctx: Ctx, guild_id: int, integration_id: int) -> None:
    """Remove a bot from a community. Raises NotFound 10004 or 10005, Forbidden 50013."""
    if all(bot.id != integration_id for bot in list_integrations(ctx, guild_id)):
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_INTEGRATION], code=ErrorCode.UNKNOWN_INTEGRATION)
    await ctx.write(do_remove_member, guild_id, integration_id, kicked=True)
