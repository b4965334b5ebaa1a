"""The pictures that a community made for itself."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from agora.kernel.tables import metadata

emoji = Table(
    "expressions_emoji",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("name", String, nullable=False),
    # of the picture in the file store
    Column("hash", String, nullable=False),
    Column("animated", Boolean, nullable=False),
    # a JSON list: only they may use it; empty means everybody
    Column("roles", Text, nullable=False),
    Column("creator_id", BigInteger, nullable=False),
    # whose it is when it belongs to no community, and guild_id is 0
    Column("application_id", BigInteger),
    Index("expressions_emoji_by_guild", "guild_id"),
    Index("expressions_emoji_by_hash", "hash"),
)

sticker = Table(
    "expressions_sticker",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("name", String, nullable=False),
    Column("description", String),
    # what it stands for: an emoji, or its name
    Column("tags", String, nullable=False),
    Column("hash", String, nullable=False),
    Column("format", Integer, nullable=False),
    Column("creator_id", BigInteger, nullable=False),
    Index("expressions_sticker_by_guild", "guild_id"),
    Index("expressions_sticker_by_hash", "hash"),
)

ALL = (emoji, sticker)
