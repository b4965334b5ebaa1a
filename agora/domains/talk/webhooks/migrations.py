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


STEPS = (create_webhooks,)
