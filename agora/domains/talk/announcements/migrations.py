"""Schema steps, append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_copies(op: Operations) -> None:
    """Copies of published messages."""
    op.create_table(
        "announcements_copy",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("source_id", sa.BigInteger, nullable=False),
        sa.Column("source_channel_id", sa.BigInteger, nullable=False),
        sa.Column("webhook_id", sa.BigInteger, nullable=False),
    )
    op.create_index("announcements_copy_source", "announcements_copy", ["source_id", "webhook_id"], unique=True)
    op.create_index("announcements_copy_webhook", "announcements_copy", ["webhook_id"])


STEPS = (create_copies,)
