"""How far everybody has read, who was called where, and what they want to hear of."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from agora.kernel.tables import metadata

read = Table(
    "notifications_read",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("last_read_id", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# A message that calls somebody; see ``calls.Kind``.
call = Table(
    "notifications_call",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger),
    Column("kind", Integer, nullable=False),
    Index("notifications_call_message", "message_id"),
    sqlite_with_rowid=False,
)

setting = Table(
    "notifications_setting",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),  # 0: direct messages
    Column("body", Text, nullable=False),  # JSON of ``settings.Wishes``
    sqlite_with_rowid=False,
)

profile = Table(
    "notifications_profile",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),  # JSON of ``profile.Profile``
)

ALL = (read, call, setting, profile)
