"""Commands of apps, and what was asked of them."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from agora.kernel.tables import metadata

command = Table(
    "interactions_command",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("application_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger, nullable=False),  # 0: everywhere
    Column("type", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("body", Text, nullable=False),  # JSON of ``definition.CommandBody``
    Index("interactions_command_name", "application_id", "guild_id", "type", "name", unique=True),
    Index("interactions_command_guild", "guild_id"),
)

# Who may use a command in a community, where its managers said so.
rule = Table(
    "interactions_rule",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("command_id", BigInteger, primary_key=True, autoincrement=False),  # the app's id: all its commands
    Column("application_id", BigInteger, nullable=False),
    Column("body", Text, nullable=False),  # JSON of a list of ``rules.Rule``
    sqlite_with_rowid=False,
)

# Kept as long as its token is good; see ``model.Interaction``.
interaction = Table(
    "interactions_interaction",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("token", Text, nullable=False),
    Column("application_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger),
    Column("channel_id", BigInteger, nullable=False),
    Column("type", Integer, nullable=False),
    Column("nonce", Text),
    Column("message_id", BigInteger),
    Column("answered", Boolean, nullable=False),
    Column("response_id", BigInteger),
    Column("ephemeral", Boolean, nullable=False),
    Column("message_type", Integer, nullable=False),
    Column("keys", Text, nullable=False),
    Column("modal", Text),
    Index("interactions_interaction_token", "token", unique=True),
)

# The account in whose name the server itself answers.
desk = Table(
    "interactions_desk",
    metadata,
    Column("name", Text, primary_key=True),
    Column("user_id", BigInteger, nullable=False),
)

ALL = (command, rule, interaction, desk)
