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


def create_calls(op: Operations) -> None:
    """Who was called by which message, and what everybody wants to hear of."""
    op.create_table(
        "notifications_call",
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("kind", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("notifications_call_message", "notifications_call", ["message_id"])
    op.create_table(
        "notifications_setting",
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notifications_profile",
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
    )


STEPS = (create_read, create_calls)
