"""Append-only: a released step is never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_channels(op: Operations) -> None:
    """Channels with their overwrites and recipients."""
    op.create_table(
        "channels_channel",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("type", sa.Integer, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("parent_id", sa.BigInteger),
        sa.Column("name", sa.String),
        sa.Column("topic", sa.String),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("nsfw", sa.Boolean, nullable=False),
        sa.Column("rate_limit_per_user", sa.Integer, nullable=False),
        sa.Column("owner_id", sa.BigInteger),
        sa.Column("last_message_id", sa.BigInteger),
        sa.Column("pair", sa.String, unique=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("channels_channel_by_guild", "channels_channel", ["guild_id"])
    op.create_table(
        "channels_overwrite",
        sa.Column("channel_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("target_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("type", sa.Integer, nullable=False),
        sa.Column("allow", sa.BigInteger, nullable=False),
        sa.Column("deny", sa.BigInteger, nullable=False),
    )
    op.create_index("channels_overwrite_by_target", "channels_overwrite", ["target_id"])
    op.create_table(
        "channels_recipient",
        sa.Column("channel_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
    )
    op.create_index("channels_recipient_by_user", "channels_recipient", ["user_id"])


def add_defaults(op: Operations) -> None:
    """What a channel says of its threads."""
    op.add_column("channels_channel", sa.Column("defaults", sa.Text))


STEPS = (create_channels, add_defaults)
