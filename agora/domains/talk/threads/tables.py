"""Threads, and who takes part in them."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from agora.kernel.tables import metadata

thread = Table(
    "threads_thread",
    metadata,
    # that of the message it began with, where it began with one
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("type", Integer, nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("parent_id", BigInteger, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("name", String, nullable=False),
    Column("rate_limit_per_user", Integer, nullable=False),
    Column("last_message_id", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    # when it was last archived or opened again
    Column("changed_at", BigInteger, nullable=False),
    # when something last happened in it: auto-archive counts from here
    Column("active_at", BigInteger, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("invitable", Boolean, nullable=False),
    Column("auto_archive_min", Integer, nullable=False),
    Column("message_count", Integer, nullable=False),
    Column("total_sent", Integer, nullable=False),
    Column("member_count", Integer, nullable=False),
    Column("pinned", Boolean, nullable=False),
    # JSON list of tag ids
    Column("tags", Text, nullable=False),
    Index("threads_thread_by_parent", "parent_id"),
    Index("threads_thread_by_activity", "archived", "active_at"),
)

member = Table(
    "threads_member",
    metadata,
    Column("thread_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("joined_at", BigInteger, nullable=False),
    Column("flags", Integer, nullable=False),
    Index("threads_member_by_user", "user_id"),
)

# Threads that went into another one, so that links to them still lead somewhere.
merged = Table(
    "threads_merged",
    metadata,
    Column("old_id", BigInteger, primary_key=True, autoincrement=False),
    Column("new_id", BigInteger, nullable=False),
    Index("threads_merged_into", "new_id"),
)

ALL = (thread, member, merged)
