"""Tables of the agents domain. Times are UTC milliseconds; JSON is text."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint

from agora.kernel.tables import metadata

agent = Table(
    "agents_agent",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("state", String, nullable=False),
    Column("openness", Float, nullable=False),
    Column("conscientiousness", Float, nullable=False),
    Column("extraversion", Float, nullable=False),
    Column("agreeableness", Float, nullable=False),
    Column("neuroticism", Float, nullable=False),
    Column("interests", Text, nullable=False),
    Column("instructions", Text, nullable=False),
    Column("translations", Text, nullable=False),
    Column("languages", String, nullable=False),
    Column("model", String),
    Column("energy", Float, nullable=False),
    Column("energy_at", BigInteger, nullable=False),
    Column("created_by", BigInteger),
    Column("created_at", BigInteger, nullable=False),
)

turn = Table(
    "agents_turn",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("agent_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger),
    Column("trigger_id", BigInteger, nullable=False),
    Column("message_id", BigInteger),
    Column("urgency", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("root", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("merged", Integer, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("sent_id", BigInteger),
    Column("receipt", Text),
    UniqueConstraint("agent_id", "channel_id", "trigger_id", name="agents_turn_trigger"),
    Index("agents_turn_state", "state", "urgency", "created_at"),
    Index("agents_turn_spoken", "channel_id", "agent_id", "finished_at"),
    Index("agents_turn_root", "root"),
    Index("agents_turn_sent", "sent_id"),
)

# One row, id 1: whether everything is paused by hand.
override = Table(
    "agents_override",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("paused", Boolean, nullable=False),
    Column("by", BigInteger),
    Column("at", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
)

# What the first start has made already, so that it can go on after a crash and never makes anything twice.
seed = Table(
    "agents_seed",
    metadata,
    Column("key", String, primary_key=True),
    Column("made_id", BigInteger, nullable=False),
)

# What stands in prompts in the place of messages that are no longer in them; see summary.py.
summary = Table(
    "agents_summary",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("style", String, nullable=False),
    Column("language", String, nullable=False),
    Column("first_id", BigInteger, nullable=False),
    Column("last_id", BigInteger, nullable=False),
    Column("until_id", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("model", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("agents_summary_channel", "channel_id"),
    Index("agents_summary_first", "first_id"),
    Index("agents_summary_last", "last_id"),
)

ALL = (agent, turn, override, seed, summary)
