"""The only SELECTs on polls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, select

from agora.domains.talk.polls.tables import poll as p
from agora.domains.talk.polls.tables import vote as v
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

_IDS = func.json_each(bindparam("ids")).table_valued("value")
_POLL = prepare(select(p).where(p.c.message_id == bindparam("message_id")))
_POLLS = prepare(select(p.c.message_id, p.c.final).where(p.c.message_id.in_(select(_IDS.c.value))))
_COUNTS = prepare(
    select(
        v.c.message_id,
        v.c.answer_id,
        func.count().label("votes"),
        func.max(v.c.user_id == bindparam("viewer_id")).label("me"),
    )
    .where(v.c.message_id.in_(select(_IDS.c.value)))
    .group_by(v.c.message_id, v.c.answer_id)
)
_OWN = prepare(select(v.c.answer_id).where(v.c.message_id == bindparam("message_id"), v.c.user_id == bindparam("user_id")))
_VOTERS = prepare(
    select(v.c.user_id)
    .where(
        v.c.message_id == bindparam("message_id"),
        v.c.answer_id == bindparam("answer_id"),
        v.c.user_id > bindparam("after"),
    )
    .order_by(v.c.user_id)
    .limit(bindparam("limit"))
)


def is_final(tx: Tx, message_id: int) -> bool | None:
    """Whether the poll has ended; None when the message has none."""
    row = tx.row(_POLL, message_id=message_id)
    return None if row is None else bool(row.final)


def list_for(tx: Tx, viewer_id: int, message_ids: Sequence[int]) -> dict[int, Any]:
    """Discord's ``results`` of some messages' polls."""
    ids = msgspec.json.encode(message_ids).decode()
    finals = {row.message_id: bool(row.final) for row in tx.rows(_POLLS, ids=ids)}
    counts: dict[int, list[dict[str, Any]]] = {message_id: [] for message_id in finals}
    for row in tx.rows(_COUNTS, ids=ids, viewer_id=viewer_id):
        counts.setdefault(row.message_id, []).append({"id": row.answer_id, "count": row.votes, "me_voted": bool(row.me)})
    return {each: {"answer_counts": counts[each], "is_finalized": final} for each, final in finals.items()}


def list_own(tx: Tx, message_id: int, user_id: int) -> set[int]:
    """The answers somebody votes for."""
    return {row.answer_id for row in tx.rows(_OWN, message_id=message_id, user_id=user_id)}


def list_voters(tx: Tx, message_id: int, answer_id: int, after: int, limit: int) -> list[int]:
    """Who votes for an answer, by id."""
    return [row.user_id for row in tx.rows(_VOTERS, message_id=message_id, answer_id=answer_id, after=after, limit=limit)]
