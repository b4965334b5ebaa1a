"""Rules and reports."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from agora.kernel.tables import metadata

rule = Table(
    "moderation_rule",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("creator_id", BigInteger, nullable=False),
    Column("name", String, nullable=False),
    Column("trigger", Integer, nullable=False),
    Column("mention_limit", Integer, nullable=False),
    Column("raid_protection", Boolean, nullable=False),
    Column("enabled", Boolean, nullable=False),
    # JSON lists
    Column("actions", Text, nullable=False),
    Column("keywords", Text, nullable=False),
    Column("allow", Text, nullable=False),
    Column("exempt_roles", Text, nullable=False),
    Column("exempt_channels", Text, nullable=False),
    Column("patterns", Text, nullable=False, server_default="[]"),
    Index("moderation_rule_by_guild", "guild_id"),
)

report = Table(
    "moderation_report",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("author_id", BigInteger, nullable=False),
    Column("reporter_id", BigInteger, nullable=False),
    Column("category", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("resolved_by", BigInteger),
    Column("resolved_at", BigInteger),
    Column("note", Text),
    # one report of a message for each person
    Index("moderation_report_once", "reporter_id", "message_id", unique=True),
    Index("moderation_report_by_guild", "guild_id", "state", "id"),
)

ALL = (rule, report)
