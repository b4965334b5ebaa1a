"""Append-only: a released step is never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_threads(op: Operations) -> None:
    """Threads and their members."""
    op.create_table(
        "threads_thread",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("type", sa.Integer, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("parent_id", sa.BigInteger, nullable=False),
        sa.Column("owner_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("rate_limit_per_user", sa.Integer, nullable=False),
        sa.Column("last_message_id", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("active_at", sa.BigInteger, nullable=False),
        sa.Column("archived", sa.Boolean, nullable=False),
        sa.Column("locked", sa.Boolean, nullable=False),
        sa.Column("invitable", sa.Boolean, nullable=False),
        sa.Column("auto_archive_min", sa.Integer, nullable=False),
        sa.Column("message_count", sa.Integer, nullable=False),
        sa.Column("total_sent", sa.Integer, nullable=False),
        sa.Column("member_count", sa.Integer, nullable=False),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
    )
    op.create_index("threads_thread_by_parent", "threads_thread", ["parent_id"])
    op.create_index("threads_thread_by_activity", "threads_thread", ["archived", "active_at"])
    op.create_table(
        "threads_member",
        sa.Column("thread_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("joined_at", sa.BigInteger, nullable=False),
        sa.Column("flags", sa.Integer, nullable=False),
    )
    op.create_index("threads_member_by_user", "threads_member", ["user_id"])


def create_merged(op: Operations) -> None:
    """Which thread went into which."""
    op.create_table(
        "threads_merged",
        sa.Column("old_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("new_id", sa.BigInteger, nullable=False),
    )
    op.create_index("threads_merged_into", "threads_merged", ["new_id"])


STEPS = (create_threads, create_merged)
