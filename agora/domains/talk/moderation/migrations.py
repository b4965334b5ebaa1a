"""Append-only: a released step is never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_moderation(op: Operations) -> None:
    """Rules and reports."""
    op.create_table(
        "moderation_rule",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("creator_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("trigger", sa.Integer, nullable=False),
        sa.Column("mention_limit", sa.Integer, nullable=False),
        sa.Column("raid_protection", sa.Boolean, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("actions", sa.Text, nullable=False),
        sa.Column("keywords", sa.Text, nullable=False),
        sa.Column("allow", sa.Text, nullable=False),
        sa.Column("exempt_roles", sa.Text, nullable=False),
        sa.Column("exempt_channels", sa.Text, nullable=False),
    )
    op.create_index("moderation_rule_by_guild", "moderation_rule", ["guild_id"])
    op.create_table(
        "moderation_report",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("author_id", sa.BigInteger, nullable=False),
        sa.Column("reporter_id", sa.BigInteger, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("resolved_by", sa.BigInteger),
        sa.Column("resolved_at", sa.BigInteger),
        sa.Column("note", sa.Text),
    )
    op.create_index("moderation_report_once", "moderation_report", ["reporter_id", "message_id"], unique=True)
    op.create_index("moderation_report_by_guild", "moderation_report", ["guild_id", "state", "id"])


def add_patterns(op: Operations) -> None:
    """Regular expressions of rules."""
    op.add_column("moderation_rule", sa.Column("patterns", sa.Text, nullable=False, server_default="[]"))


STEPS = (create_moderation, add_patterns)
