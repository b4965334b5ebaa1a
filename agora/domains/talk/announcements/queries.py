"""The only SELECTs on copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, func, select

from agora.domains.talk.announcements.tables import copy as c
from agora.domains.talk.messages import Row, find_message
from agora.domains.talk.webhooks import Webhook, find_webhook
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

_IDS = func.json_each(bindparam("ids")).table_valued("value")
_SOURCES = prepare(select(c.c.source_id, c.c.source_channel_id).where(c.c.source_id.in_(select(_IDS.c.value))).distinct())
_NEXT = prepare(
    select(c.c.id, c.c.webhook_id)
    .where(c.c.source_id == bindparam("source_id"), c.c.webhook_id > bindparam("after"))
    .order_by(c.c.webhook_id)
    .limit(bindparam("limit"))
)
_HAS = prepare(select(c.c.id).where(c.c.source_id == bindparam("source_id"), c.c.webhook_id == bindparam("webhook_id")))


class Copied(NamedTuple):
    """A copy as it stands, and who follows through it."""

    row: Row
    webhook: Webhook


def list_sources(tx: Tx, message_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Those of the messages of which there are copies, each with the channel where it was published."""
    rows = tx.rows(_SOURCES, ids=msgspec.json.encode(message_ids).decode())
    return [(row.source_id, row.source_channel_id) for row in rows]


def has_copy(tx: Tx, source_id: int, webhook_id: int) -> bool:
    """Whether a follower has this message."""
    return tx.row(_HAS, source_id=source_id, webhook_id=webhook_id) is not None


def list_copies(tx: Tx, source_id: int, *, after: int, limit: int) -> tuple[int | None, list[Copied]]:
    """The copies of a message behind a follower, and the last follower looked at: None when there are no more."""
    rows = tx.rows(_NEXT, source_id=source_id, after=after, limit=limit)
    found = []
    for each in rows:
        row, webhook = find_message(tx, each.id), find_webhook(tx, each.webhook_id)
        if row is not None and webhook is not None:
            found.append(Copied(row, webhook))
    return (rows[-1].webhook_id if rows else None), found
