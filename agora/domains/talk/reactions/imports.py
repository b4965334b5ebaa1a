"""Reactions in bulk: those of imported messages, and all of some messages for who exports them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import sqlite

from agora.domains.talk.reactions.tables import reaction as r
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

_ADD = prepare(
    sqlite.insert(r).values({name: bindparam(name) for name in ("message_id", "emoji", "user_id", "at")}).on_conflict_do_nothing()
)
_IDS = func.json_each(bindparam("ids")).table_valued("value")
_ALL = prepare(select(r).where(r.c.message_id.in_(select(_IDS.c.value))).order_by(r.c.message_id, r.c.at, r.c.emoji, r.c.user_id))


class Given(msgspec.Struct, frozen=True):
    """Who reacted to what with which Unicode emoji; ``at`` in UTC milliseconds."""

    message_id: int
    emoji: str
    user_id: int
    at: int


def do_import(tx: Tx, reactions: Sequence[Given]) -> int:
    """Add reactions to messages that nobody is looking at yet: no event tells of them. Returns how many are new."""
    return sum(tx.run(_ADD, message_id=g.message_id, emoji=g.emoji, user_id=g.user_id, at=g.at) for g in reactions)


def list_given(tx: Tx, message_ids: Sequence[int]) -> dict[int, list[Given]]:
    """Everybody who reacted to these messages, the oldest reaction first."""
    found: dict[int, list[Given]] = {}
    for row in tx.rows(_ALL, ids=msgspec.json.encode(list(message_ids)).decode()):
        found.setdefault(row.message_id, []).append(Given(row.message_id, row.emoji, row.user_id, row.at))
    return found
