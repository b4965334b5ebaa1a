"""Append-only: a released step is never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_audit(op: Operations) -> None:
    """The chain of privileged acts."""
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.BigInteger, nullable=False, unique=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("user_id", sa.BigInteger),
        sa.Column("target_id", sa.BigInteger),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("action_type", sa.Integer, nullable=False),
        sa.Column("changes", sa.Text, nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("previous", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_entry_by_guild", "audit_entry", ["guild_id", "id"])


STEPS = (create_audit,)
