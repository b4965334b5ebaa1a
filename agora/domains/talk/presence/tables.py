"""How people wish to be seen. What others see at a moment is in memory alone."""

from sqlalchemy import BigInteger, Column, String, Table

from agora.kernel.tables import metadata

setting = Table(
    "presence_setting",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("status", String, nullable=False),
    Column("text", String),
    Column("emoji", String),
    # UTC milliseconds
    Column("set_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
)

ALL = (setting,)
