"""The only SELECTs on reactions."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, func, select

from agora.domains.talk.reactions.sign import build_sign, custom_id, find_same
from agora.domains.talk.reactions.tables import reaction as r
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx
from agora.protocol.payloads import Reaction, ReactionCounts

_IDS = func.json_each(bindparam("ids")).table_valued("value")
_SUMMARY = prepare(
    select(
        r.c.message_id,
        r.c.emoji,
        func.count().label("total"),
        func.max(r.c.user_id == bindparam("viewer_id")).label("me"),
    )
    .where(r.c.message_id.in_(select(_IDS.c.value)))
    .group_by(r.c.message_id, r.c.emoji)
    .order_by(r.c.message_id, func.min(r.c.at), r.c.emoji)
)
_EMOJIS = prepare(select(r.c.emoji).where(r.c.message_id == bindparam("message_id")).distinct())
_USERS = prepare(
    select(r.c.user_id)
    .where(
        r.c.message_id == bindparam("message_id"),
        r.c.emoji == bindparam("emoji"),
        r.c.user_id > bindparam("after"),
    )
    .order_by(r.c.user_id)
    .limit(bindparam("limit"))
)


def list_for(tx: Tx, viewer_id: int, message_ids: Sequence[int]) -> dict[int, tuple[Reaction, ...]]:
    """The reactions under each message that has any, the oldest emoji first."""
    found: dict[int, tuple[Reaction, ...]] = {}
    for row in tx.rows(_SUMMARY, ids=msgspec.json.encode(message_ids).decode(), viewer_id=viewer_id):
        one = Reaction(
            emoji=build_sign(tx.app, row.emoji),
            count=row.total,
            count_details=ReactionCounts(normal=row.total),
            me=bool(row.me),
        )
        found[row.message_id] = (*found.get(row.message_id, ()), one)
    return found


def list_emojis(tx: Tx, message_id: int) -> set[str]:
    """The different emojis under a message."""
    return {row.emoji for row in tx.rows(_EMOJIS, message_id=message_id)}


def find_sign(tx: Tx, message_id: int, sign: str) -> str:
    """An emoji as it is stored under a message: with the name it had when somebody first used it there."""
    return sign if custom_id(sign) is None else find_same(list_emojis(tx, message_id), sign) or sign


def list_users(tx: Tx, message_id: int, emoji: str, after: int, limit: int) -> list[int]:
    """Who used an emoji, by id."""
    rows = tx.rows(_USERS, message_id=message_id, emoji=find_sign(tx, message_id, emoji), after=after, limit=limit)
    return [row.user_id for row in rows]
