"""Append-only: a released step is never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_templates(op: Operations) -> None:
    """Templates of communities, one for each."""
    op.create_table(
        "templates_template",
        sa.Column("code", sa.String, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("description", sa.String),
        sa.Column("usage_count", sa.Integer, nullable=False),
        sa.Column("creator_id", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("snapshot", sa.Text, nullable=False),
    )
    op.create_index("templates_template_by_guild", "templates_template", ["guild_id"], unique=True)


STEPS = (create_templates,)
