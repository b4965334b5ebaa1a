"""The only SELECTs on webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from agora.domains.talk.webhooks.model import Webhook
from agora.domains.talk.webhooks.tables import webhook as w
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

_BY_ID = prepare(select(w).where(w.c.id == bindparam("id")))
_OF_CHANNEL = prepare(select(w).where(w.c.channel_id == bindparam("channel_id")).order_by(w.c.id))
_OF_GUILD = prepare(select(w).where(w.c.guild_id == bindparam("guild_id")).order_by(w.c.id))

_FOLLOWERS = prepare(
    select(w)
    .where(w.c.source_channel_id == bindparam("source"), w.c.id > bindparam("after"), w.c.id < bindparam("before"))
    .order_by(w.c.id)
    .limit(bindparam("limit"))
)


def find_webhook(tx: Tx, webhook_id: int) -> Webhook | None:
    """One webhook."""
    row = tx.row(_BY_ID, id=webhook_id)
    return None if row is None else _webhook(row)


def find_picture(tx: Tx, webhook_id: int) -> str | None:
    """The hash of a webhook's picture."""
    webhook = find_webhook(tx, webhook_id)
    return None if webhook is None else webhook.avatar


def list_of_channel(tx: Tx, channel_id: int) -> list[Webhook]:
    """The webhooks of a channel, oldest first."""
    return [_webhook(row) for row in tx.rows(_OF_CHANNEL, channel_id=channel_id)]


def list_of_guild(tx: Tx, guild_id: int) -> list[Webhook]:
    """The webhooks of a guild, oldest first."""
    return [_webhook(row) for row in tx.rows(_OF_GUILD, guild_id=guild_id)]


def list_followers(tx: Tx, source_channel_id: int, *, after: int, before: int, limit: int) -> list[Webhook]:
    """Those that follow a channel and have an id between two others, oldest first."""
    return [_webhook(row) for row in tx.rows(_FOLLOWERS, source=source_channel_id, after=after, before=before, limit=limit)]


def list_of_source(tx: Tx, *, channel_id: int | None = None, guild_id: int | None = None) -> list[Webhook]:
    """Those that follow a channel, or any channel of a guild."""
    where = w.c.source_guild_id == guild_id if channel_id is None else w.c.source_channel_id == channel_id
    return [_webhook(row) for row in tx.execute(select(w).where(where).order_by(w.c.id))]


def list_pictures(tx: Tx, hashes: Sequence[str]) -> list[str]:
    """Those of the files that are some webhook's picture."""
    return list(tx.execute(select(w.c.avatar).where(w.c.avatar.in_(hashes))).scalars())


def _webhook(row: Any) -> Webhook:
    return Webhook(**row._asdict())
