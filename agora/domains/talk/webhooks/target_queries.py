"""The only SELECTs on outgoing webhooks and their deliveries."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import bindparam, func, select

from agora.domains.talk.webhooks.tables import delivery as d
from agora.domains.talk.webhooks.tables import target as t
from agora.domains.talk.webhooks.target import Delivery, Target
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

_BY_ID = prepare(select(t).where(t.c.id == bindparam("id")))
_OF_GUILD = prepare(select(t).where(t.c.guild_id == bindparam("guild_id")).order_by(t.c.id))
_ALL = prepare(select(t).order_by(t.c.id))
_NEXT = prepare(select(d).where(d.c.target_id == bindparam("target_id"), ~d.c.dead).order_by(d.c.id).limit(1))
_DEAD = prepare(
    select(d)
    .where(d.c.target_id == bindparam("target_id"), d.c.dead, d.c.id < bindparam("before"))
    .order_by(d.c.id.desc())
    .limit(bindparam("limit"))
)
_COUNTS = prepare(select(d.c.target_id, d.c.dead, func.count().label("number")).group_by(d.c.target_id, d.c.dead))


def find_target(tx: Tx, target_id: int, guild_id: int | None = None) -> Target | None:
    """One outgoing webhook; None also when it is not of the named guild."""
    row = tx.row(_BY_ID, id=target_id)
    return None if row is None or guild_id not in (None, row.guild_id) else _target(row)


def list_targets(tx: Tx, guild_id: int | None = None) -> list[Target]:
    """Those of a guild, or all."""
    rows = tx.rows(_ALL) if guild_id is None else tx.rows(_OF_GUILD, guild_id=guild_id)
    return [_target(row) for row in rows]


def find_next(tx: Tx, target_id: int) -> tuple[Target, Delivery] | None:
    """A target and the oldest that waits for it; None when there is nothing to do, or it is paused."""
    target, row = find_target(tx, target_id), tx.row(_NEXT, target_id=target_id)
    return None if target is None or target.paused or row is None else (target, _delivery(row))


def list_waiting(tx: Tx) -> list[int]:
    """The targets for which something waits."""
    return [target_id for (target_id, dead) in count_deliveries(tx) if not dead]


def list_dead(tx: Tx, target_id: int, before: int, limit: int) -> list[Delivery]:
    """Dead letters, the newest first."""
    return [_delivery(row) for row in tx.rows(_DEAD, target_id=target_id, before=before, limit=limit)]


def count_deliveries(tx: Tx) -> dict[tuple[int, bool], int]:
    """How many wait and how many are dead: by target, and whether dead."""
    return {(row.target_id, bool(row.dead)): row.number for row in tx.rows(_COUNTS)}


def _target(row: Any) -> Target:
    events = msgspec.json.decode(row.events, type=tuple[str, ...])
    return Target(**{**row._asdict(), "events": events, "paused": bool(row.paused)})


def _delivery(row: Any) -> Delivery:
    return Delivery(**{**row._asdict(), "dead": bool(row.dead)})
