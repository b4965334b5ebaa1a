"""Append-only: a released step is never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_emojis(op: Operations) -> None:
    """Emojis of communities."""
    op.create_table(
        "expressions_emoji",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("animated", sa.Boolean, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("creator_id", sa.BigInteger, nullable=False),
    )
    op.create_index("expressions_emoji_by_guild", "expressions_emoji", ["guild_id"])
    op.create_index("expressions_emoji_by_hash", "expressions_emoji", ["hash"])


def create_stickers(op: Operations) -> None:
    """Stickers of communities."""
    op.create_table(
        "expressions_sticker",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("description", sa.String),
        sa.Column("tags", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("format", sa.Integer, nullable=False),
        sa.Column("creator_id", sa.BigInteger, nullable=False),
    )
    op.create_index("expressions_sticker_by_guild", "expressions_sticker", ["guild_id"])
    op.create_index("expressions_sticker_by_hash", "expressions_sticker", ["hash"])


def add_applications(op: Operations) -> None:
    """Emojis may belong to an application."""
    op.add_column("expressions_emoji", sa.Column("application_id", sa.BigInteger))


STEPS = (create_emojis, create_stickers, add_applications)
