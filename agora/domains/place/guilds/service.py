"""Founding, changing and ending communities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from agora.domains.place.guilds.model import GuildEdit
from agora.domains.place.guilds.queries import count_guilds_of
from agora.domains.place.guilds.writes import do_create_guild, do_delete_guild, do_edit_guild
from agora.domains.place.permissions import Directory, GuildFacts, check_guild
from agora.kernel.errors import BadRequest, Forbidden, invalid
from agora.protocol.channel_types import ChannelType
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import Permission

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

__all__ = ["check_guild_name", "check_room", "create_guild", "delete_guild", "do_create_guild", "edit_guild"]

MAX_GUILDS = 200
LOCALES = ("en", "fr")


async def create_guild(
    ctx: Ctx,
    name: str,
    *,
    owner_id: int | None = None,
    description: str | None = None,
    locale: str | None = None,
    open: bool = False,
) -> int:
    """Found a community; returns its id. The actor owns it unless ``owner_id`` says otherwise.

    ``open`` communities are joined by everybody who registers. Raises BadRequest on bad input or too many communities.
    """
    owner = owner_id or ctx.actor.user_id
    await check_room(ctx, owner)
    return await ctx.write(
        do_create_guild,
        check_guild_name(name),
        owner,
        description=check_description(description),
        locale=locale or ctx.locale,
        open=open,
    )


async def edit_guild(ctx: Ctx, guild_id: int, edit: GuildEdit) -> GuildFacts:
    """Change a community; handing it over is for its owner alone. Raises NotFound 10004, Forbidden, BadRequest."""
    guild = check_guild(ctx, Permission.MANAGE_GUILD, guild_id=guild_id)
    changes: dict[str, Any] = {}
    if edit.name is not UNSET:
        changes["name"] = check_guild_name(edit.name)
    if edit.description is not UNSET:
        changes["description"] = check_description(edit.description)
    if edit.icon is not UNSET:
        changes["icon"] = edit.icon
    if edit.locale is not UNSET:
        changes["locale"] = _check_locale(edit.locale)
    if edit.system_channel_id is not UNSET:
        changes["system_channel_id"] = _check_channel(ctx, guild_id, edit.system_channel_id)
    if edit.open is not UNSET:
        _check_server_owner(ctx)
        changes["open"] = edit.open
    if edit.owner_id is not UNSET and edit.owner_id != guild.owner_id:
        if ctx.actor.via != "internal" and ctx.actor.user_id != guild.owner_id:
            raise Forbidden(MESSAGES[ErrorCode.MISSING_PERMISSIONS], code=ErrorCode.MISSING_PERMISSIONS)
        changes["owner_id"] = edit.owner_id
    return await ctx.write(do_edit_guild, guild_id, changes) if changes else guild


async def delete_guild(ctx: Ctx, guild_id: int) -> None:
    """End a community; only its owner may. Raises NotFound 10004, Forbidden."""
    guild = check_guild(ctx, 0, guild_id=guild_id)
    if ctx.actor.via != "internal" and ctx.actor.user_id != guild.owner_id:
        raise Forbidden(MESSAGES[ErrorCode.MISSING_PERMISSIONS], code=ErrorCode.MISSING_PERMISSIONS)
    await ctx.write(do_delete_guild, guild_id)


async def check_room(ctx: Ctx, user_id: int) -> None:
    """Raises BadRequest 30001 when a user is in as many communities as one may be."""
    if await ctx.read(count_guilds_of, user_id) >= MAX_GUILDS:
        raise BadRequest(f"Maximum number of servers reached ({MAX_GUILDS})", code=ErrorCode.MAX_GUILDS)


def check_guild_name(name: str) -> str:
    """The trimmed name. Raises BadRequest on the field ``name``."""
    shown = " ".join(name.split())
    if not 2 <= len(shown) <= 100:
        raise invalid("name", "Must be between 2 and 100 in length.", "BASE_TYPE_BAD_LENGTH")
    return shown


def check_description(text: str | None) -> str | None:
    """The trimmed description; empty means none. Raises BadRequest on the field ``description``."""
    if text is None or not text.strip():
        return None
    if len(text) > 300:
        raise invalid("description", "Must be 300 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    return text.strip()


def _check_locale(locale: str) -> str:
    short = locale.partition("-")[0].lower()
    if short not in LOCALES:
        raise invalid("preferred_locale", f"Must be one of {', '.join(LOCALES)}.", "BASE_TYPE_CHOICES")
    return short


def _check_channel(ctx: Ctx, guild_id: int, channel_id: int | None) -> int | None:
    if channel_id is None:
        return None
    channel = ctx.app.get(Directory).channel(channel_id)
    if channel is None or channel.guild_id != guild_id or channel.type != ChannelType.GUILD_TEXT:
        raise invalid("system_channel_id", "Must be a text channel of this server.", "CHANNEL_INVALID")
    return channel_id


def _check_server_owner(ctx: Ctx) -> None:
    """Opening a community to everybody who registers concerns the whole server."""
    if not ctx.actor.is_owner:
        raise Forbidden(MESSAGES[ErrorCode.MISSING_PERMISSIONS], code=ErrorCode.MISSING_PERMISSIONS)
