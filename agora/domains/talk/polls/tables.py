"""Who voted for what. The question itself is kept with its message."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table

from agora.kernel.tables import metadata

poll = Table(
    "polls_poll",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("final", Boolean, nullable=False),
)

vote = Table(
    "polls_vote",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("answer_id", Integer, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

ALL = (poll, vote)
