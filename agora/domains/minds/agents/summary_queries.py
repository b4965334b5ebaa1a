"""Reads of summaries."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select

from agora.domains.minds.agents.summary import Summary
from agora.domains.minds.agents.tables import summary as y
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

_OF_CHANNEL = prepare(select(y).where(y.c.channel_id == bindparam("channel_id")).order_by(y.c.id.desc()))


def list_summaries(tx: Tx, channel_id: int) -> list[Summary]:
    """A channel's, the newest first."""
    return [build_summary(row) for row in tx.rows(_OF_CHANNEL, channel_id=channel_id)]


def list_all_summaries(tx: Tx, before: int | None, limit: int) -> list[Summary]:
    """Those of all channels, the newest first."""
    query = select(y).order_by(y.c.id.desc()).limit(limit)
    return [build_summary(row) for row in tx.execute(query if before is None else query.where(y.c.id < before))]


def find_summary(tx: Tx, summary_id: int) -> Summary | None:
    """One."""
    row = tx.execute(select(y).where(y.c.id == summary_id)).first()
    return None if row is None else build_summary(row)


def count_summaries(tx: Tx) -> tuple[int, int]:
    """How many there are, and of how many channels."""
    kept = tx.execute(select(func.count(y.c.id))).scalar_one()
    return kept, tx.execute(select(func.count(y.c.channel_id.distinct()))).scalar_one()


def build_summary(row: Any) -> Summary:
    """From a row of the table."""
    return Summary(**row._asdict())
