"""Who reacted to which message with what."""

from sqlalchemy import BigInteger, Column, Table, Text

from agora.kernel.tables import metadata

reaction = Table(
    "reactions_reaction",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("emoji", Text, primary_key=True),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

ALL = (reaction,)
