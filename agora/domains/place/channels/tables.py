"""Channels, who may do what in them, and who takes part in direct messages."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from agora.kernel.tables import metadata

channel = Table(
    "channels_channel",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    # Discord's numbers, see ChannelType
    Column("type", Integer, nullable=False),
    Column("guild_id", BigInteger),
    Column("parent_id", BigInteger),
    Column("name", String),
    Column("topic", String),
    Column("position", Integer, nullable=False),
    Column("nsfw", Boolean, nullable=False),
    Column("rate_limit_per_user", Integer, nullable=False),
    Column("owner_id", BigInteger),
    Column("last_message_id", BigInteger),
    # "low:high" of the two users of a direct message: there is one channel for each pair
    Column("pair", String, unique=True),
    Column("created_at", BigInteger, nullable=False),
    # JSON of ThreadDefaults; null: the usual ones
    Column("defaults", Text),
    Index("channels_channel_by_guild", "guild_id"),
)

overwrite = Table(
    "channels_overwrite",
    metadata,
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("target_id", BigInteger, primary_key=True, autoincrement=False),
    # 0 a role, 1 a member
    Column("type", Integer, nullable=False),
    Column("allow", BigInteger, nullable=False),
    Column("deny", BigInteger, nullable=False),
    Index("channels_overwrite_by_target", "target_id"),
)

recipient = Table(
    "channels_recipient",
    metadata,
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Index("channels_recipient_by_user", "user_id"),
)

ALL = (channel, overwrite, recipient)
