"""The only statements that change stickers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import delete, insert, update

from agora.domains.talk.expressions.events import StickerCreated, StickerDeleted, StickerUpdated
from agora.domains.talk.expressions.model import Sticker
from agora.domains.talk.expressions.queries import find_sticker, list_stickers
from agora.domains.talk.expressions.tables import sticker as s
from agora.domains.talk.files import do_let_go, do_note
from agora.kernel.errors import BadRequest, NotFound
from agora.kernel.events import to_guild
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

MAX_STICKERS = 60  # what Discord gives its highest tier


def do_create_sticker(tx: Tx, sticker: Sticker) -> Sticker:
    """Store a new sticker. Raises BadRequest 30039 when the guild has too many."""
    if len(list_stickers(tx, sticker.guild_id)) >= MAX_STICKERS:
        code = ErrorCode.MAX_STICKERS
        raise BadRequest(f"{MESSAGES[code]} ({MAX_STICKERS})", code=code)
    do_note(tx, [sticker.hash])
    tx.execute(insert(s).values(msgspec.structs.asdict(sticker)))
    _emit(tx, StickerCreated(sticker=sticker, reason=tx.ctx.audit_reason))
    return sticker


def do_edit_sticker(tx: Tx, guild_id: int, sticker_id: int, changes: dict[str, Any]) -> Sticker:
    """Change what is said of it; nothing new tells nobody. Raises NotFound 10060."""
    before = _get(tx, guild_id, sticker_id)
    after = msgspec.structs.replace(before, **changes)
    if after != before:
        tx.execute(update(s).where(s.c.id == sticker_id).values(msgspec.structs.asdict(after)))
        _emit(tx, StickerUpdated(sticker=after, before=before, reason=tx.ctx.audit_reason))
    return after


def do_delete_sticker(tx: Tx, guild_id: int, sticker_id: int) -> None:
    """End a sticker; its picture goes at the next sweep of files. Raises NotFound 10060."""
    sticker = _get(tx, guild_id, sticker_id)
    tx.execute(delete(s).where(s.c.id == sticker_id))
    do_let_go(tx, [sticker.hash])
    _emit(tx, StickerDeleted(sticker=sticker, reason=tx.ctx.audit_reason))


def _get(tx: Tx, guild_id: int, sticker_id: int) -> Sticker:
    found = find_sticker(tx, guild_id, sticker_id)
    if found is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_STICKER], code=ErrorCode.UNKNOWN_STICKER)
    return found


def _emit(tx: Tx, event: StickerCreated | StickerUpdated | StickerDeleted) -> None:
    tx.emit(event, to_guild(event.sticker.guild_id), guild_id=event.sticker.guild_id)
