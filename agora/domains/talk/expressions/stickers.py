"""Use cases of stickers: check, then write, then return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.place.permissions import Directory, check_guild
from agora.domains.talk.expressions.model import Format, Sticker, hide_id
from agora.domains.talk.expressions.pictures import MAX_SIDE, is_animated_png
from agora.domains.talk.expressions.service import CREATE, MANAGE
from agora.domains.talk.expressions.shelf import Stickers
from agora.domains.talk.expressions.sticker_writes import do_create_sticker, do_delete_sticker, do_edit_sticker
from agora.kernel.errors import Forbidden, NotFound, TooLarge, invalid
from agora.kernel.files import Files
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.domains.talk.files import Received
    from agora.kernel.ctx import Ctx

MAX_BYTES = 512 << 10  # Discord's limit


class NewSticker(msgspec.Struct, frozen=True):
    """A sticker to make; in a form, with its ``file``."""

    name: str
    tags: str
    description: str | None = None


class StickerEdit(msgspec.Struct, frozen=True):
    """What may change."""

    name: str | UnsetType = UNSET
    tags: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET


def list_stickers(ctx: Ctx, guild_id: int) -> list[Sticker]:
    """A guild's stickers, for its members. Raises NotFound 10004, for strangers too."""
    check_guild(ctx, 0, guild_id=guild_id)
    return ctx.app.get(Stickers).of(guild_id)


def get_sticker(ctx: Ctx, sticker_id: int, guild_id: int | None = None) -> Sticker:
    """One of a guild, or of any that the actor belongs to. Raises NotFound 10060 as well."""
    if guild_id is not None:
        check_guild(ctx, 0, guild_id=guild_id)
    sticker = ctx.app.get(Stickers).find(sticker_id)
    if sticker is not None and guild_id == sticker.guild_id:
        return sticker
    if sticker is not None and guild_id is None and _is_member(ctx, sticker):
        return sticker
    raise NotFound(MESSAGES[ErrorCode.UNKNOWN_STICKER], code=ErrorCode.UNKNOWN_STICKER)


def _is_member(ctx: Ctx, sticker: Sticker) -> bool:
    return ctx.app.get(Directory).member(sticker.guild_id, ctx.actor.user_id) is not None


async def create_sticker(ctx: Ctx, guild_id: int, new: NewSticker, files: tuple[Received, ...]) -> Sticker:
    """Make a sticker of a file. Raises Forbidden 50013 without CREATE_GUILD_EXPRESSIONS, BadRequest, 413, 30039."""
    check_guild(ctx, CREATE, guild_id=guild_id)
    edit = StickerEdit(new.name, new.tags, new.description)
    if len(files) != 1:
        raise invalid("file", "This field is required", "BASE_TYPE_REQUIRED")
    sticker = Sticker(
        id=hide_id(ctx.app.ids.next()),
        guild_id=guild_id,
        hash=files[0].hash,
        format=int(await _read_format(ctx, files[0])),
        creator_id=ctx.actor.user_id,
        **_check(edit),
    )
    return await ctx.write(do_create_sticker, sticker)


async def edit_sticker(ctx: Ctx, guild_id: int, sticker_id: int, edit: StickerEdit) -> Sticker:
    """Change one's own with CREATE_GUILD_EXPRESSIONS, any with MANAGE_GUILD_EXPRESSIONS. Raises as the others."""
    _check_own(ctx, get_sticker(ctx, sticker_id, guild_id))
    return await ctx.write(do_edit_sticker, guild_id, sticker_id, _check(edit))


async def delete_sticker(ctx: Ctx, guild_id: int, sticker_id: int) -> None:
    """End a sticker; the same right as to change it."""
    _check_own(ctx, get_sticker(ctx, sticker_id, guild_id))
    await ctx.write(do_delete_sticker, guild_id, sticker_id)


async def _read_format(ctx: Ctx, file: Received) -> Format:
    if file.size > MAX_BYTES:
        raise TooLarge(f"A sticker may have at most {MAX_BYTES >> 10} KiB.")
    if file.content_type not in ("image/png", "image/gif") or file.width is None or file.height is None:
        raise invalid("file", "Must be a PNG, APNG or GIF image.", "STICKER_INVALID_FORMAT")
    if max(file.width, file.height) > MAX_SIDE:
        raise invalid("file", f"The image may have at most {MAX_SIDE} pixels on each side.", "IMAGE_INVALID")
    if file.content_type == "image/gif":
        return Format.GIF
    return Format.APNG if is_animated_png(await ctx.app.get(Files).read(file.hash)) else Format.PNG


def _check(edit: StickerEdit) -> dict[str, Any]:
    """The fields that are given. Raises BadRequest on one that does not fit."""
    found: dict[str, Any] = {}
    if edit.name is not UNSET:
        found["name"] = _check_length("name", edit.name.strip(), 2, 30)
    if edit.tags is not UNSET:
        found["tags"] = _check_length("tags", edit.tags.strip(), 1, 200)
    if edit.description is not UNSET:
        found["description"] = _check_length("description", (edit.description or "").strip(), 0, 100) or None
    return found


def _check_length(field: str, text: str, least: int, most: int) -> str:
    if not least <= len(text) <= most:
        raise invalid(field, f"Must be between {least} and {most} in length.", "BASE_TYPE_BAD_LENGTH")
    if text and not text.isprintable():
        raise invalid(field, "Only letters that can be seen.", "STRING_TYPE_REGEX")
    return text


def _check_own(ctx: Ctx, sticker: Sticker) -> None:
    bits = ctx.app.get(Directory).guild_permissions(ctx.actor.user_id, sticker.guild_id)
    if not bits & MANAGE and not (bits & CREATE and sticker.creator_id == ctx.actor.user_id):
        raise Forbidden(MESSAGES[ErrorCode.MISSING_PERMISSIONS], code=ErrorCode.MISSING_PERMISSIONS)
