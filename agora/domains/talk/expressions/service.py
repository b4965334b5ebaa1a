"""Use cases of emojis: check, then write, then return."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import UNSET, UnsetType

from agora.domains.place.permissions import Directory, check_guild
from agora.domains.talk.expressions.model import Emoji, hide_id
from agora.domains.talk.expressions.pictures import is_animated
from agora.domains.talk.expressions.shelf import Emojis
from agora.domains.talk.expressions.writes import do_create_emoji, do_delete_emoji, do_edit_emoji
from agora.kernel.errors import Forbidden, NotFound, invalid
from agora.kernel.files import Files
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import Permission

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

CREATE, MANAGE = int(Permission.CREATE_GUILD_EXPRESSIONS), int(Permission.MANAGE_GUILD_EXPRESSIONS)
_NAME = re.compile(r"[A-Za-z0-9_]{2,32}")


def may_make(ctx: Ctx, guild_id: int) -> bool:
    """Whether the actor may make or manage emojis, and so sees who made which."""
    return bool(ctx.app.get(Directory).guild_permissions(ctx.actor.user_id, guild_id) & (CREATE | MANAGE))


def list_emojis(ctx: Ctx, guild_id: int) -> list[Emoji]:
    """A guild's emojis, for its members. Raises NotFound 10004, for strangers too."""
    check_guild(ctx, 0, guild_id=guild_id)
    return ctx.app.get(Emojis).of(guild_id)


def get_emoji(ctx: Ctx, guild_id: int, emoji_id: int) -> Emoji:
    """One of them. Raises NotFound 10014 as well."""
    check_guild(ctx, 0, guild_id=guild_id)
    emoji = ctx.app.get(Emojis).find(emoji_id)
    if emoji is None or emoji.guild_id != guild_id:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_EMOJI], code=ErrorCode.UNKNOWN_EMOJI)
    return emoji


async def create_emoji(ctx: Ctx, guild_id: int, name: str, picture: bytes, roles: Sequence[int] = ()) -> Emoji:
    """Make an emoji of a picture. Raises Forbidden 50013 without CREATE_GUILD_EXPRESSIONS, BadRequest, 30008 and 30018."""
    check_guild(ctx, CREATE, guild_id=guild_id)
    emoji = Emoji(
        id=hide_id(ctx.app.ids.next()),
        guild_id=guild_id,
        name=check_name(name),
        hash=(await ctx.app.get(Files).put(picture)).hash,
        animated=is_animated(picture),
        roles=_check_roles(ctx, guild_id, roles),
        creator_id=ctx.actor.user_id,
    )
    return await ctx.write(do_create_emoji, emoji)


async def edit_emoji(
    ctx: Ctx, guild_id: int, emoji_id: int, *, name: str | UnsetType = UNSET, roles: Sequence[int] | UnsetType = UNSET
) -> Emoji:
    """Change an emoji: one's own with CREATE_GUILD_EXPRESSIONS, any with MANAGE_GUILD_EXPRESSIONS. Raises as the others."""
    _check_own(ctx, get_emoji(ctx, guild_id, emoji_id))
    changes: dict[str, Any] = {}
    if name is not UNSET:
        changes["name"] = check_name(name)
    if roles is not UNSET:
        changes["roles"] = _check_roles(ctx, guild_id, roles)
    return await ctx.write(do_edit_emoji, guild_id, emoji_id, changes)


async def delete_emoji(ctx: Ctx, guild_id: int, emoji_id: int) -> None:
    """End an emoji; the same right as to change it."""
    _check_own(ctx, get_emoji(ctx, guild_id, emoji_id))
    await ctx.write(do_delete_emoji, guild_id, emoji_id)


def check_name(name: str) -> str:
    """The name. Raises BadRequest on the field ``name``."""
    if not 2 <= len(name) <= 32:
        raise invalid("name", "Must be between 2 and 32 in length.", "BASE_TYPE_BAD_LENGTH")
    if not _NAME.fullmatch(name):
        raise invalid("name", "Only letters without accents, digits and underscores.", "STRING_TYPE_REGEX")
    return name


def _check_own(ctx: Ctx, emoji: Emoji) -> None:
    bits = ctx.app.get(Directory).guild_permissions(ctx.actor.user_id, emoji.guild_id)
    if not bits & MANAGE and not (bits & CREATE and emoji.creator_id == ctx.actor.user_id):
        raise Forbidden(MESSAGES[ErrorCode.MISSING_PERMISSIONS], code=ErrorCode.MISSING_PERMISSIONS)


def _check_roles(ctx: Ctx, guild_id: int, roles: Sequence[int]) -> tuple[int, ...]:
    directory = ctx.app.get(Directory)
    if any(directory.role(guild_id, role_id) is None for role_id in roles):
        raise invalid("roles", "Unknown role", "BASE_TYPE_CHOICES")
    return tuple(sorted(set(roles)))
