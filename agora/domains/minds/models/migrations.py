"""Schema steps, append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_choice(op: Operations) -> None:
    """The model chosen by hand."""
    op.create_table(
        "models_choice",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def create_guild_choice(op: Operations) -> None:
    """The models chosen for communities."""
    op.create_table(
        "models_guild_choice",
        sa.Column("guild_id", sa.BigInteger, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


STEPS = [create_choice, create_guild_choice]
