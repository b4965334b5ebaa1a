"""The only SELECTs on emojis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import select

from agora.domains.talk.expressions.model import Emoji
from agora.domains.talk.expressions.tables import emoji as e

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
    """Those of the files that are some emoji's picture."""
    return list(tx.execute(select(e.c.hash).where(e.c.hash.in_(hashes))).scalars())


def _emoji(row: Any) -> Emoji:
    return Emoji(
        id=row.id,
        guild_id=row.guild_id,
        name=row.name,
        hash=row.hash,
        animated=bool(row.animated),
        roles=_IDS.decode(row.roles),
        creator_id=row.creator_id,
    )
