"""Webhooks. Their tokens are nowhere: they follow from the id and a key of this installation."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from agora.kernel.tables import metadata

webhook = Table(
    "webhooks_webhook",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("creator_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("avatar", Text),
    Index("webhooks_webhook_channel", "channel_id"),
    Index("webhooks_webhook_guild", "guild_id"),
)

ALL = (webhook,)
