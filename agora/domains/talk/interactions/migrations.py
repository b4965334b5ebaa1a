"""Schema steps, append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_interactions(op: Operations) -> None:
    """Commands, rules about them, interactions, and the server's own account."""
    op.create_table(
        "interactions_command",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("application_id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("type", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    names = ["application_id", "guild_id", "type", "name"]
    op.create_index("interactions_command_name", "interactions_command", names, unique=True)
    op.create_index("interactions_command_guild", "interactions_command", ["guild_id"])
    op.create_table(
        "interactions_rule",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("command_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("application_id", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "interactions_interaction",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("application_id", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("type", sa.Integer, nullable=False),
        sa.Column("nonce", sa.Text),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("answered", sa.Boolean, nullable=False),
        sa.Column("response_id", sa.BigInteger),
        sa.Column("ephemeral", sa.Boolean, nullable=False),
        sa.Column("message_type", sa.Integer, nullable=False),
        sa.Column("keys", sa.Text, nullable=False),
        sa.Column("modal", sa.Text),
    )
    op.create_index("interactions_interaction_token", "interactions_interaction", ["token"], unique=True)
    op.create_table(
        "interactions_desk",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("user_id", sa.BigInteger, nullable=False),
    )


STEPS = (create_interactions,)
