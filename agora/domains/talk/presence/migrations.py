"""Schema steps, append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_setting(op: Operations) -> None:
    """How people wish to be seen."""
    op.create_table(
        "presence_setting",
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("text", sa.String),
        sa.Column("emoji", sa.String),
        sa.Column("set_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
    )


STEPS = (create_setting,)
