"""Webhooks. Their tokens are nowhere: they follow from the id and a key of this installation."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, text

from agora.kernel.tables import metadata

webhook = Table(
    "webhooks_webhook",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("creator_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("avatar", Text),
    Column("source_channel_id", BigInteger),  # the announcement channel it follows; null: programs speak through it
    Column("source_guild_id", BigInteger),
    Index("webhooks_webhook_channel", "channel_id"),
    Index("webhooks_webhook_guild", "guild_id"),
    Index("webhooks_webhook_source", "source_channel_id", "id", sqlite_where=text("source_channel_id IS NOT NULL")),
)

# Outgoing ones. Their secrets must be known to sign with.
target = Table(
    "webhooks_target",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger),  # null: every channel that its maker sees
    Column("creator_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("events", Text, nullable=False),  # JSON list of names
    Column("paused", Boolean, nullable=False),
    Index("webhooks_target_guild", "guild_id"),
)

# What waits to be delivered, and what could not be: the dead letters.
delivery = Table(
    "webhooks_delivery",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("target_id", BigInteger, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    Column("event", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("dead", Boolean, nullable=False),
    Column("error", Text),
    Index("webhooks_delivery_target", "target_id", "dead", "id"),
    Index("webhooks_delivery_event", "target_id", "event_id", unique=True),
)

ALL = (webhook, target, delivery)
