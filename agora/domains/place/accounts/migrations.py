"""Append-only: a released step is never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_accounts(op: Operations) -> None:
    """People, bots and their secrets."""
    op.create_table(
        "accounts_user",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("username", sa.String, nullable=False),
        sa.Column("name_key", sa.String, nullable=False, unique=True),
        sa.Column("global_name", sa.String),
        sa.Column("avatar", sa.String),
        sa.Column("password_hash", sa.String),
        sa.Column("bot", sa.Boolean, nullable=False),
        sa.Column("owner", sa.Boolean, nullable=False),
        sa.Column("locale", sa.String, nullable=False),
        sa.Column("creator_id", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "accounts_credential",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_index("accounts_credential_by_user", "accounts_credential", ["user_id", "id"])


def create_applications(op: Operations) -> None:
    """What applications say of themselves."""
    op.create_table(
        "accounts_application",
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("description", sa.String, nullable=False),
    )


STEPS = (create_accounts, create_applications)
