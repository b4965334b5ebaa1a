"""Schema steps, append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_webhooks(op: Operations) -> None:
    """Webhooks of channels."""
    op.create_table(
        "webhooks_webhook",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("creator_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("avatar", sa.Text),
    )
    op.create_index("webhooks_webhook_channel", "webhooks_webhook", ["channel_id"])
    op.create_index("webhooks_webhook_guild", "webhooks_webhook", ["guild_id"])


def create_targets(op: Operations) -> None:
    """Outgoing webhooks and their deliveries."""
    op.create_table(
        "webhooks_target",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("creator_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("events", sa.Text, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
    )
    op.create_index("webhooks_target_guild", "webhooks_target", ["guild_id"])
    op.create_table(
        "webhooks_delivery",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("target_id", sa.BigInteger, nullable=False),
        sa.Column("event_id", sa.BigInteger, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("dead", sa.Boolean, nullable=False),
        sa.Column("error", sa.Text),
    )
    op.create_index("webhooks_delivery_target", "webhooks_delivery", ["target_id", "dead", "id"])
    op.create_index("webhooks_delivery_event", "webhooks_delivery", ["target_id", "event_id"], unique=True)


def add_sources(op: Operations) -> None:
    """Which announcement channel a webhook follows."""
    op.add_column("webhooks_webhook", sa.Column("source_channel_id", sa.BigInteger))
    op.add_column("webhooks_webhook", sa.Column("source_guild_id", sa.BigInteger))
    op.create_index(
        "webhooks_webhook_source",
        "webhooks_webhook",
        ["source_channel_id", "id"],
        sqlite_where=sa.text("source_channel_id IS NOT NULL"),
    )


STEPS = (create_webhooks, create_targets, add_sources)
