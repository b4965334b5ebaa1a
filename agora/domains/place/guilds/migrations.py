"""Append-only: a released step is never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_guilds(op: Operations) -> None:
    """Communities and their roles."""
    op.create_table(
        "guilds_guild",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("owner_id", sa.BigInteger, nullable=False),
        sa.Column("description", sa.String),
        sa.Column("icon", sa.String),
        sa.Column("locale", sa.String, nullable=False),
        sa.Column("system_channel_id", sa.BigInteger),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "guilds_role",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("permissions", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("color", sa.Integer, nullable=False),
        sa.Column("hoist", sa.Boolean, nullable=False),
        sa.Column("mentionable", sa.Boolean, nullable=False),
        sa.Column("managed", sa.Boolean, nullable=False),
    )
    op.create_index("guilds_role_by_guild", "guilds_role", ["guild_id"])


def create_members(op: Operations) -> None:
    """Who belongs, with which roles; who may not; who was asked in."""
    op.create_table(
        "guilds_member",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("nick", sa.String),
        sa.Column("joined_at", sa.BigInteger, nullable=False),
        sa.Column("timeout_until", sa.BigInteger),
    )
    op.create_index("guilds_member_by_user", "guilds_member", ["user_id"])
    op.create_table(
        "guilds_member_role",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("role_id", sa.BigInteger, primary_key=True, autoincrement=False),
    )
    op.create_index("guilds_member_role_by_role", "guilds_member_role", ["role_id"])
    op.create_table(
        "guilds_ban",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("reason", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "guilds_invite",
        sa.Column("code", sa.String, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("inviter_id", sa.BigInteger, nullable=False),
        sa.Column("max_age_s", sa.Integer, nullable=False),
        sa.Column("max_uses", sa.Integer, nullable=False),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("guilds_invite_by_guild", "guilds_invite", ["guild_id"])


STEPS = (create_guilds, create_members)
