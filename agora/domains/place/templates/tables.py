"""Templates of communities."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from agora.kernel.tables import metadata

template = Table(
    "templates_template",
    metadata,
    Column("code", String, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("name", String, nullable=False),
    Column("description", String),
    Column("usage_count", Integer, nullable=False),
    Column("creator_id", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    # JSON of Snapshot
    Column("snapshot", Text, nullable=False),
    Index("templates_template_by_guild", "guild_id", unique=True),
)

ALL = (template,)
