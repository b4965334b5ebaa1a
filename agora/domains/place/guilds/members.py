"""Joining, leaving, being changed, removed and banned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from agora.domains.place.accounts import Users
from agora.domains.place.guilds.model import Ban, MemberEdit
from agora.domains.place.guilds.queries import find_ban, list_bans
from agora.domains.place.guilds.rank import check_above_member, check_above_role, get_role
from agora.domains.place.guilds.writes import (
    do_add_member,
    do_ban,
    do_edit_member,
    do_prune,
    do_remove_member,
    do_unban,
)
from agora.domains.place.permissions import Directory, MemberFacts, check_guild
from agora.kernel.errors import BadRequest, Forbidden, NotFound, invalid
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import Permission

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

__all__ = [
    "add_member",
    "ban_member",
    "ban_members",
    "do_add_member",
    "edit_member",
    "get_ban",
    "get_member",
    "leave_guild",
    "list_guild_bans",
    "list_members",
    "prune_members",
    "remove_member",
    "search_members",
    "set_role",
    "unban_member",
]

MAX_NICK = 32
DAY_MS = 24 * 60 * 60 * 1000
LONGEST_TIMEOUT_MS = 28 * 24 * 60 * 60 * 1000


async def add_member(ctx: Ctx, guild_id: int, user_id: int, *, by: str = "added") -> MemberFacts | None:
    """Make a user a member; None when they are one. For the server itself, invitations and bots; no permission is asked.

    Raises NotFound 10004 or 10013, Forbidden 40007 when they are banned.
    """
    _check_user(ctx, user_id)
    return await ctx.write(do_add_member, guild_id, user_id, by=by)


def get_member(ctx: Ctx, guild_id: int, user_id: int) -> MemberFacts:
    """A member. Raises NotFound 10007."""
    member = ctx.app.get(Directory).member(guild_id, user_id)
    if member is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_MEMBER], code=ErrorCode.UNKNOWN_MEMBER)
    return member


def list_members(ctx: Ctx, guild_id: int, after: int, limit: int) -> list[MemberFacts]:
    """Members by user id, after this one. Raises as ``check_guild``."""
    check_guild(ctx, 0, guild_id=guild_id)
    directory = ctx.app.get(Directory)
    found = (directory.member(guild_id, user_id) for user_id in directory.member_ids(guild_id, after, limit))
    return [member for member in found if member is not None]


def search_members(ctx: Ctx, guild_id: int, query: str, limit: int) -> list[MemberFacts]:
    """Members whose username, name or nickname begins with the query, by user id. Raises as ``check_guild``."""
    check_guild(ctx, 0, guild_id=guild_id)
    users, wanted, found = ctx.app.get(Users), query.casefold(), []
    for user_id, member in sorted(ctx.app.get(Directory).member_facts(guild_id).items()):
        user = users.get(user_id)
        names = (member.nick, user.username, user.global_name) if user is not None else (member.nick,)
        if any(name is not None and name.casefold().startswith(wanted) for name in names):
            found.append(member)
            if len(found) == limit:
                break
    return found


async def edit_member(ctx: Ctx, guild_id: int, user_id: int, edit: MemberEdit) -> MemberFacts:
    """Change nickname, roles or timeout; each needs its own permission, and standing above the member.

    Raises NotFound 10007 or 10011, Forbidden 50013, BadRequest.
    """
    check_guild(ctx, 0, guild_id=guild_id)
    member = get_member(ctx, guild_id, user_id)
    fields: dict[str, Any] = {}
    add: frozenset[int] = frozenset()
    remove: frozenset[int] = frozenset()
    if edit.nick is not UNSET:
        fields["nick"] = _check_nick(ctx, guild_id, user_id, edit.nick)
    if edit.timeout_until is not UNSET:
        fields["timeout_until"] = _check_timeout(ctx, guild_id, user_id, edit.timeout_until)
    if edit.roles is not UNSET:
        wanted, held = frozenset(edit.roles), frozenset(member.roles)
        add, remove = wanted - held, held - wanted
        _check_roles(ctx, guild_id, add | remove)
    return await ctx.write(do_edit_member, guild_id, user_id, fields, add=add, remove=remove)


async def set_role(ctx: Ctx, guild_id: int, user_id: int, role_id: int, *, held: bool) -> None:
    """Give one role or take it. Raises NotFound 10007 or 10011, Forbidden 50013."""
    check_guild(ctx, 0, guild_id=guild_id)
    get_member(ctx, guild_id, user_id)
    _check_roles(ctx, guild_id, (role_id,))
    one, none = frozenset((role_id,)), frozenset[int]()
    await ctx.write(do_edit_member, guild_id, user_id, {}, add=one if held else none, remove=none if held else one)


async def remove_member(ctx: Ctx, guild_id: int, user_id: int) -> None:
    """Kick a member. Raises NotFound 10007, Forbidden 50013."""
    check_guild(ctx, Permission.KICK_MEMBERS, guild_id=guild_id)
    get_member(ctx, guild_id, user_id)
    check_above_member(ctx, guild_id, user_id)
    await ctx.write(do_remove_member, guild_id, user_id, kicked=True)


async def leave_guild(ctx: Ctx, guild_id: int) -> None:
    """Leave; the owner has to hand the community over first. Raises NotFound 10004, BadRequest 50055."""
    guild = ctx.app.get(Directory).guild(guild_id)
    if guild is None or ctx.app.get(Directory).member(guild_id, ctx.actor.user_id) is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_GUILD], code=ErrorCode.UNKNOWN_GUILD)
    if guild.owner_id == ctx.actor.user_id:
        raise BadRequest("Invalid Guild", code=50055)
    await ctx.write(do_remove_member, guild_id, ctx.actor.user_id, kicked=False)


async def ban_member(ctx: Ctx, guild_id: int, user_id: int, delete_message_s: int = 0) -> bool:
    """Remove a member, or keep a stranger out, with what they wrote in the last seconds; false when they are banned already.

    Raises NotFound 10013, Forbidden 50013.
    """
    check_guild(ctx, Permission.BAN_MEMBERS, guild_id=guild_id)
    _check_user(ctx, user_id)
    check_above_member(ctx, guild_id, user_id)
    return await ctx.write(do_ban, guild_id, user_id, delete_message_s)


async def ban_members(ctx: Ctx, guild_id: int, user_ids: Iterable[int], delete_message_s: int = 0) -> tuple[list[int], list[int]]:
    """Ban several: who was, and who could not be. Raises Forbidden 50013 without BAN_MEMBERS and MANAGE_GUILD."""
    check_guild(ctx, Permission.BAN_MEMBERS | Permission.MANAGE_GUILD, guild_id=guild_id)
    banned: list[int] = []
    failed: list[int] = []
    for user_id in user_ids:
        try:
            was = await ban_member(ctx, guild_id, user_id, delete_message_s)
        except (Forbidden, NotFound, BadRequest):
            was = False
        (banned if was else failed).append(user_id)
    return banned, failed


async def prune_members(ctx: Ctx, guild_id: int, days: int, role_ids: Iterable[int], *, count_only: bool) -> int:
    """Kick who has been silent for so many days and has no roles but these; returns how many there are.

    Raises Forbidden 50013 without KICK_MEMBERS and MANAGE_GUILD.
    """
    check_guild(ctx, Permission.KICK_MEMBERS | Permission.MANAGE_GUILD, guild_id=guild_id)
    wanted = frozenset(role_ids)
    for role_id in wanted:
        check_above_role(ctx, guild_id, get_role(ctx, guild_id, role_id))
    since_ms = ctx.app.clock.now_ms() - days * DAY_MS
    if count_only:
        return await ctx.read(do_prune, guild_id, since_ms, wanted, count_only=True)
    return await ctx.write(do_prune, guild_id, since_ms, wanted, count_only=False)


async def unban_member(ctx: Ctx, guild_id: int, user_id: int) -> None:
    """Let a user join again. Raises NotFound 10026, Forbidden 50013."""
    check_guild(ctx, Permission.BAN_MEMBERS, guild_id=guild_id)
    await ctx.write(do_unban, guild_id, user_id)


async def get_ban(ctx: Ctx, guild_id: int, user_id: int) -> Ban:
    """Why a user may not join. Raises NotFound 10026, Forbidden 50013."""
    check_guild(ctx, Permission.BAN_MEMBERS, guild_id=guild_id)
    ban = await ctx.read(find_ban, guild_id, user_id)
    if ban is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_BAN], code=ErrorCode.UNKNOWN_BAN)
    return ban


async def list_guild_bans(ctx: Ctx, guild_id: int, after: int, limit: int) -> list[Ban]:
    """Who may not join, by user id. Raises Forbidden 50013."""
    check_guild(ctx, Permission.BAN_MEMBERS, guild_id=guild_id)
    return await ctx.read(list_bans, guild_id, after, limit)


def _check_user(ctx: Ctx, user_id: int) -> None:
    if ctx.app.get(Users).get(user_id) is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_USER], code=ErrorCode.UNKNOWN_USER)


def _check_nick(ctx: Ctx, guild_id: int, user_id: int, nick: str | None) -> str | None:
    if user_id == ctx.actor.user_id:
        check_guild(ctx, Permission.CHANGE_NICKNAME, guild_id=guild_id)
    else:
        check_guild(ctx, Permission.MANAGE_NICKNAMES, guild_id=guild_id)
        check_above_member(ctx, guild_id, user_id)
    shown = " ".join(nick.split()) if nick else ""
    if len(shown) > MAX_NICK or not shown.isprintable():
        raise invalid("nick", f"Must be {MAX_NICK} or fewer printable characters.", "BASE_TYPE_MAX_LENGTH")
    return shown or None


def _check_timeout(ctx: Ctx, guild_id: int, user_id: int, until_ms: int) -> int:
    check_guild(ctx, Permission.MODERATE_MEMBERS, guild_id=guild_id)
    check_above_member(ctx, guild_id, user_id)
    now = ctx.app.clock.now_ms()
    if until_ms > now + LONGEST_TIMEOUT_MS:
        raise invalid("communication_disabled_until", "Must be within 28 days.", "GUILD_TIMEOUT_TOO_LONG")
    if until_ms > now and ctx.app.get(Directory).guild_permissions(user_id, guild_id) & Permission.ADMINISTRATOR:
        raise Forbidden(MESSAGES[ErrorCode.MISSING_PERMISSIONS], code=ErrorCode.MISSING_PERMISSIONS)
    return until_ms if until_ms > now else 0


def _check_roles(ctx: Ctx, guild_id: int, role_ids: Iterable[int]) -> None:
    """Each role given or taken must stand below the actor, and be neither everyone's nor a bot's own."""
    check_guild(ctx, Permission.MANAGE_ROLES, guild_id=guild_id)
    for role_id in role_ids:
        role = get_role(ctx, guild_id, role_id)
        if role.id == guild_id or role.managed:
            raise BadRequest(MESSAGES[ErrorCode.INVALID_ROLE], code=ErrorCode.INVALID_ROLE)
        check_above_role(ctx, guild_id, role)
