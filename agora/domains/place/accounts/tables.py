"""Accounts and their secrets. Passwords and tokens are kept only as hashes."""

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, String, Table

from agora.kernel.tables import metadata

user = Table(
    "accounts_user",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("username", String, nullable=False),
    # casefolded username: two people cannot differ by capitals alone
    Column("name_key", String, nullable=False, unique=True),
    Column("global_name", String),
    Column("avatar", String),
    Column("password_hash", String),
    Column("bot", Boolean, nullable=False),
    Column("owner", Boolean, nullable=False),
    Column("locale", String, nullable=False),
    Column("creator_id", BigInteger),
    Column("created_at", BigInteger, nullable=False),
)

credential = Table(
    "accounts_credential",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, nullable=False),
    Column("kind", String, nullable=False),
    Column("label", String, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    Index("accounts_credential_by_user", "user_id", "id"),
)

# What an application says of itself; everything else of it is its bot's account.
application = Table(
    "accounts_application",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("description", String, nullable=False),
)

ALL = (user, credential, application)
