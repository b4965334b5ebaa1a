"""The model chosen by hand for the server (one row, id 1), and those chosen for communities."""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from agora.kernel.tables import metadata

choice = Table(
    "models_choice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)

guild_choice = Table(
    "models_guild_choice",
    metadata,
    Column("guild_id", BigInteger, primary_key=True),
    Column("name", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)

ALL = (choice, guild_choice)
