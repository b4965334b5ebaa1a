"""Schema steps, append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_agents(op: Operations) -> None:
    """Agents, their turns, the override and what the first start made."""
    op.create_table(
        "agents_agent",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.BigInteger, nullable=False, unique=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("openness", sa.Float, nullable=False),
        sa.Column("conscientiousness", sa.Float, nullable=False),
        sa.Column("extraversion", sa.Float, nullable=False),
        sa.Column("agreeableness", sa.Float, nullable=False),
        sa.Column("neuroticism", sa.Float, nullable=False),
        sa.Column("interests", sa.Text, nullable=False),
        sa.Column("instructions", sa.Text, nullable=False),
        sa.Column("translations", sa.Text, nullable=False),
        sa.Column("languages", sa.String, nullable=False),
        sa.Column("model", sa.String),
        sa.Column("energy", sa.Float, nullable=False),
        sa.Column("energy_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    _create_turns(op)
    op.create_table(
        "agents_override",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("by", sa.BigInteger),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "agents_seed",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("made_id", sa.BigInteger, nullable=False),
    )


def _create_turns(op: Operations) -> None:
    op.create_table(
        "agents_turn",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("agent_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("trigger_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("urgency", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("depth", sa.Integer, nullable=False),
        sa.Column("root", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("merged", sa.Integer, nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("sent_id", sa.BigInteger),
        sa.Column("receipt", sa.Text),
        sa.UniqueConstraint("agent_id", "channel_id", "trigger_id", name="agents_turn_trigger"),
    )
    op.create_index("agents_turn_state", "agents_turn", ["state", "urgency", "created_at"])
    op.create_index("agents_turn_spoken", "agents_turn", ["channel_id", "agent_id", "finished_at"])
    op.create_index("agents_turn_root", "agents_turn", ["root"])
    op.create_index("agents_turn_sent", "agents_turn", ["sent_id"])


def create_summaries(op: Operations) -> None:
    """What stands in prompts in the place of old history."""
    op.create_table(
        "agents_summary",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("style", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("first_id", sa.BigInteger, nullable=False),
        sa.Column("last_id", sa.BigInteger, nullable=False),
        sa.Column("until_id", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("agents_summary_channel", "agents_summary", ["channel_id"])
    op.create_index("agents_summary_first", "agents_summary", ["first_id"])
    op.create_index("agents_summary_last", "agents_summary", ["last_id"])


STEPS = [create_agents, create_summaries]
