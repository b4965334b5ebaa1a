"""Bots of a community: an account, its membership and its token, made in one go by who manages the community."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.place.accounts import (
    NewUser,
    User,
    check_username,
    do_create_user,
    find_by_name,
    free_username,
    issue_token,
    name_key,
)
from agora.domains.place.guilds.writes import do_add_member
from agora.domains.place.permissions import check_guild
from agora.kernel.errors import BadRequest, invalid
from agora.protocol.permissions import Permission

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx
    from agora.kernel.tx import Tx


async def create_bot(ctx: Ctx, guild_id: int, name: str) -> tuple[User, str]:
    """A new bot that is a member at once, and its token. Raises NotFound 10004, Forbidden 50013, BadRequest."""
    check_guild(ctx, Permission.MANAGE_GUILD, guild_id=guild_id)
    shown = " ".join(name.split())
    if not 1 <= len(shown) <= 32:
        raise invalid("name", "Must be between 1 and 32 in length.", "BASE_TYPE_BAD_LENGTH")
    bot = await ctx.write(do_create_bot, guild_id, shown, ctx.actor.user_id)
    return bot, await issue_token(ctx, bot.id, "first token")


def do_create_bot(tx: Tx, guild_id: int, name: str, creator_id: int) -> User:
    """The account, named as asked where the name can be a username and is free, and the membership."""
    bot = do_create_user(tx, NewUser(username=_username(tx, name), global_name=name, bot=True, creator_id=creator_id or None))
    do_add_member(tx, guild_id, bot.id, by="bot")
    return bot


def _username(tx: Tx, name: str) -> str:
    try:
        wanted = check_username(name)
    except BadRequest:
        return free_username(tx, name)
    return wanted if find_by_name(tx, name_key(wanted)) is None else free_username(tx, name)
