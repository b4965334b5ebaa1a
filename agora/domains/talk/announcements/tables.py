"""Which messages are copies of which: one for each message and follower, so that nothing comes twice."""

from sqlalchemy import BigInteger, Column, Index, Table

from agora.kernel.tables import metadata

copy = Table(
    "announcements_copy",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # of the copy
    Column("source_id", BigInteger, nullable=False),
    Column("source_channel_id", BigInteger, nullable=False),
    Column("webhook_id", BigInteger, nullable=False),
    Index("announcements_copy_source", "source_id", "webhook_id", unique=True),
    Index("announcements_copy_webhook", "webhook_id"),
)

ALL = (copy,)
