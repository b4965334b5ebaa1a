"""The only statements that change emojis, and end them and stickers with their guild."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import delete, insert, update

from agora.domains.talk.expressions.events import EmojiCreated, EmojiDeleted, EmojiUpdated
from agora.domains.talk.expressions.model import Emoji
from agora.domains.talk.expressions.queries import find_emoji, list_emojis, list_stickers
from agora.domains.talk.expressions.tables import emoji as e
from agora.domains.talk.expressions.tables import sticker as s
from agora.domains.talk.files import do_let_go, do_note
from agora.kernel.errors import BadRequest, NotFound
from agora.kernel.events import to_guild
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.domains.place.permissions import GuildFacts
    from agora.kernel.tx import Tx

MAX_EMOJIS = 250  # of each kind, still and animated: what Discord gives its highest tier


def do_create_emoji(tx: Tx, emoji: Emoji) -> Emoji:
    """Store a new emoji. Raises BadRequest 30008 or 30018 when the guild has too many."""
    if sum(known.animated == emoji.animated for known in list_emojis(tx, emoji.guild_id)) >= MAX_EMOJIS:
        code = ErrorCode.MAX_ANIMATED_EMOJIS if emoji.animated else ErrorCode.MAX_EMOJIS
        raise BadRequest(f"{MESSAGES[code]} ({MAX_EMOJIS})", code=code)
    do_note(tx, [emoji.hash])
    tx.execute(insert(e).values(emoji_columns(emoji)))
    _emit(tx, EmojiCreated(emoji=emoji, reason=tx.ctx.audit_reason))
    return emoji


def do_edit_emoji(tx: Tx, guild_id: int, emoji_id: int, changes: dict[str, Any]) -> Emoji:
    """Change name or roles; nothing new tells nobody. Raises NotFound 10014."""
    before = _get(tx, guild_id, emoji_id)
    after = msgspec.structs.replace(before, **changes)
    if after != before:
        tx.execute(update(e).where(e.c.id == emoji_id).values(emoji_columns(after)))
        _emit(tx, EmojiUpdated(emoji=after, before=before, reason=tx.ctx.audit_reason))
    return after


def do_delete_emoji(tx: Tx, guild_id: int, emoji_id: int) -> None:
    """End an emoji; its picture goes at the next sweep of files. Raises NotFound 10014."""
    emoji = _get(tx, guild_id, emoji_id)
    tx.execute(delete(e).where(e.c.id == emoji_id))
    do_let_go(tx, [emoji.hash])
    _emit(tx, EmojiDeleted(emoji=emoji, reason=tx.ctx.audit_reason))


def do_end_guild(tx: Tx, guild: GuildFacts) -> None:
    """A guild ends with its emojis and stickers; the event of its end says so."""
    gone = [emoji.hash for emoji in list_emojis(tx, guild.id)] + [sticker.hash for sticker in list_stickers(tx, guild.id)]
    for table in (e, s):
        tx.execute(delete(table).where(table.c.guild_id == guild.id))
    do_let_go(tx, gone)


def do_end_role(tx: Tx, guild_id: int, role_id: int) -> None:
    """A role ends: emojis kept for it are kept for the others that were named, or for nobody in particular."""
    for emoji in list_emojis(tx, guild_id):
        if role_id in emoji.roles:
            do_edit_emoji(tx, guild_id, emoji.id, {"roles": tuple(each for each in emoji.roles if each != role_id)})


def _get(tx: Tx, guild_id: int, emoji_id: int) -> Emoji:
    found = find_emoji(tx, guild_id, emoji_id)
    if found is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_EMOJI], code=ErrorCode.UNKNOWN_EMOJI)
    return found


def emoji_columns(emoji: Emoji) -> dict[str, Any]:
    """The row of an emoji."""
    return msgspec.structs.asdict(emoji) | {"roles": msgspec.json.encode(emoji.roles).decode()}


def _emit(tx: Tx, event: EmojiCreated | EmojiUpdated | EmojiDeleted) -> None:
    tx.emit(event, to_guild(event.emoji.guild_id), guild_id=event.emoji.guild_id)
