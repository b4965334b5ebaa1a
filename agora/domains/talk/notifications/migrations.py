"""Schema steps, append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_read(op: Operations) -> None:
    """The newest message each user has seen in each channel."""
    op.create_table(
        "notifications_read",
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("channel_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("last_read_id", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


STEPS = (create_read,)
