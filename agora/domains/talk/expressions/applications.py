"""Emojis of applications: a bot brings its own along, and uses them wherever it speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import delete, insert, update

from agora.domains.place.accounts import check_application
from agora.domains.talk.expressions.events import AppEmojiCreated, AppEmojiDeleted, AppEmojiUpdated
from agora.domains.talk.expressions.model import NO_GUILD, Emoji, hide_id
from agora.domains.talk.expressions.pictures import is_animated
from agora.domains.talk.expressions.queries import find_emoji, list_emojis
from agora.domains.talk.expressions.service import check_name
from agora.domains.talk.expressions.shelf import Emojis
from agora.domains.talk.expressions.tables import emoji as e
from agora.domains.talk.expressions.writes import emoji_columns
from agora.domains.talk.files import do_let_go, do_note
from agora.kernel.errors import BadRequest, NotFound, invalid
from agora.kernel.events import NOBODY
from agora.kernel.files import Files
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx
    from agora.kernel.tx import Tx

MAX_EMOJIS = 2000  # as on Discord


def list_own(ctx: Ctx, application_id: int) -> list[Emoji]:
    """An application's emojis, for itself and whom it belongs to. Raises Forbidden 20012."""
    check_application(ctx, application_id)
    return ctx.app.get(Emojis).of_application(application_id)


def get_own(ctx: Ctx, application_id: int, emoji_id: int) -> Emoji:
    """One of them. Raises NotFound 10014 as well."""
    check_application(ctx, application_id)
    emoji = ctx.app.get(Emojis).find(emoji_id)
    if emoji is None or emoji.application_id != application_id:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_EMOJI], code=ErrorCode.UNKNOWN_EMOJI)
    return emoji


async def create_own(ctx: Ctx, application_id: int, name: str, picture: bytes) -> Emoji:
    """Make one of a picture. Raises Forbidden 20012, BadRequest on ``name`` and 30008."""
    check_application(ctx, application_id)
    emoji = Emoji(
        id=hide_id(ctx.app.ids.next()),
        guild_id=NO_GUILD,
        application_id=application_id,
        name=check_name(name),
        hash=(await ctx.app.get(Files).put(picture)).hash,
        animated=is_animated(picture),
        roles=(),
        creator_id=application_id,
    )
    return await ctx.write(do_create, emoji)


async def rename_own(ctx: Ctx, application_id: int, emoji_id: int, name: str) -> Emoji:
    """Give it another name. Raises as the others."""
    get_own(ctx, application_id, emoji_id)
    return await ctx.write(do_rename, application_id, emoji_id, check_name(name))


async def delete_own(ctx: Ctx, application_id: int, emoji_id: int) -> None:
    """End one. Raises as the others."""
    get_own(ctx, application_id, emoji_id)
    await ctx.write(do_delete, application_id, emoji_id)


def do_create(tx: Tx, emoji: Emoji) -> Emoji:
    """Store a new one. Raises BadRequest 30008 when there are too many, or when its name is taken."""
    known = _list(tx, emoji.application_id)
    if len(known) >= MAX_EMOJIS:
        raise BadRequest(f"{MESSAGES[ErrorCode.MAX_EMOJIS]} ({MAX_EMOJIS})", code=ErrorCode.MAX_EMOJIS)
    _check_free(known, emoji)
    do_note(tx, [emoji.hash])
    tx.execute(insert(e).values(emoji_columns(emoji)))
    tx.emit(AppEmojiCreated(emoji=emoji), NOBODY)
    return emoji


def do_rename(tx: Tx, application_id: int, emoji_id: int, name: str) -> Emoji:
    """Change the name; the same again tells nobody. Raises NotFound 10014, BadRequest when it is taken."""
    before = _get(tx, application_id, emoji_id)
    after = msgspec.structs.replace(before, name=name)
    if after != before:
        _check_free(_list(tx, application_id), after)
        tx.execute(update(e).where(e.c.id == emoji_id).values(name=name))
        tx.emit(AppEmojiUpdated(emoji=after), NOBODY)
    return after


def do_delete(tx: Tx, application_id: int, emoji_id: int) -> None:
    """End one; its picture goes at the next sweep of files. Raises NotFound 10014."""
    emoji = _get(tx, application_id, emoji_id)
    tx.execute(delete(e).where(e.c.id == emoji_id))
    do_let_go(tx, [emoji.hash])
    tx.emit(AppEmojiDeleted(emoji=emoji), NOBODY)


def _list(tx: Tx, application_id: int | None) -> list[Emoji]:
    return [emoji for emoji in list_emojis(tx, NO_GUILD) if emoji.application_id == application_id]


def _get(tx: Tx, application_id: int, emoji_id: int) -> Emoji:
    found = find_emoji(tx, NO_GUILD, emoji_id)
    if found is None or found.application_id != application_id:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_EMOJI], code=ErrorCode.UNKNOWN_EMOJI)
    return found


def _check_free(known: list[Emoji], emoji: Emoji) -> None:
    """An application finds its emojis by name, so each has its own."""
    if any(each.name == emoji.name and each.id != emoji.id for each in known):
        raise invalid("name", "An emoji of this application has this name already.", "APPLICATION_EMOJI_NAME_ALREADY_TAKEN")
