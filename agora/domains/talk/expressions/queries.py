"""The only SELECTs on emojis and stickers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import select

from agora.domains.talk.expressions.model import Emoji, Sticker
from agora.domains.talk.expressions.tables import emoji as e
from agora.domains.talk.expressions.tables import sticker as s

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

_IDS = msgspec.json.Decoder(tuple[int, ...])


def list_emojis(tx: Tx, guild_id: int | None = None) -> list[Emoji]:
    """The emojis of a guild, or of all, oldest first."""
    query = select(e).order_by(e.c.id)
    return [_emoji(row) for row in tx.execute(query if guild_id is None else query.where(e.c.guild_id == guild_id))]


def find_emoji(tx: Tx, guild_id: int, emoji_id: int) -> Emoji | None:
    """An emoji as stored now."""
    row = tx.execute(select(e).where(e.c.id == emoji_id, e.c.guild_id == guild_id)).first()
    return None if row is None else _emoji(row)


def list_pictures(tx: Tx, hashes: Sequence[str]) -> list[str]:
    """Those of the files that are the picture of some emoji or sticker."""
    return [hash for table in (e, s) for hash in tx.execute(select(table.c.hash).where(table.c.hash.in_(hashes))).scalars()]


def list_stickers(tx: Tx, guild_id: int | None = None) -> list[Sticker]:
    """The stickers of a guild, or of all, oldest first."""
    query = select(s).order_by(s.c.id)
    return [_sticker(row) for row in tx.execute(query if guild_id is None else query.where(s.c.guild_id == guild_id))]


def find_sticker(tx: Tx, guild_id: int, sticker_id: int) -> Sticker | None:
    """A sticker as stored now."""
    row = tx.execute(select(s).where(s.c.id == sticker_id, s.c.guild_id == guild_id)).first()
    return None if row is None else _sticker(row)


def _sticker(row: Any) -> Sticker:
    return Sticker(**{name: getattr(row, name) for name in Sticker.__struct_fields__})


def _emoji(row: Any) -> Emoji:
    return Emoji(
        id=row.id,
        guild_id=row.guild_id,
        name=row.name,
        hash=row.hash,
        animated=bool(row.animated),
        roles=_IDS.decode(row.roles),
        creator_id=row.creator_id,
        application_id=row.application_id,
    )
