"""How far everybody has read."""

from sqlalchemy import BigInteger, Column, Table

from agora.kernel.tables import metadata

read = Table(
    "notifications_read",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("last_read_id", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

ALL = (read,)
