"""Privileged acts, each row holding the hash of the row before it."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from agora.kernel.tables import metadata

entry = Table(
    "audit_entry",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    # the id of the event that it tells of
    Column("id", BigInteger, nullable=False, unique=True),
    Column("at", BigInteger, nullable=False),
    Column("guild_id", BigInteger),
    Column("user_id", BigInteger),
    Column("target_id", BigInteger),
    Column("action", String, nullable=False),
    # Discord's number; 0 for acts outside of any guild
    Column("action_type", Integer, nullable=False),
    Column("changes", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("reason", Text),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    Index("audit_entry_by_guild", "guild_id", "id"),
    sqlite_autoincrement=True,
)

ALL = (entry,)
