"""The model chosen by hand: one row, id 1."""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from agora.kernel.tables import metadata

choice = Table(
    "models_choice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)

ALL = (choice,)
