"""The kernel's own tables, and the ``metadata`` that all domains' tables share."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

# Outbox, audit source, replay and analytics source in one. seq orders the whole server.
ledger_event = Table(
    "ledger_event",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", BigInteger, nullable=False),
    Column("type", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor_id", BigInteger),
    Column("guild_id", BigInteger),
    Column("channel_id", BigInteger),
    Column("cause", BigInteger),
    Column("depth", Integer, nullable=False, default=0),
    Column("audience", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

# What old events are packed with, and up to which position they are.
ledger_dictionary = Table(
    "ledger_dictionary",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("packed_seq", BigInteger, nullable=False),
)

# What old texts are packed with, see ``packed``: of each kind the newest is in use, and ``reached`` is how far it has come.
kernel_dictionary = Table(
    "kernel_dictionary",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("reached", BigInteger, nullable=False),
)

# How far a durable listener has read. Effect and cursor move in one write.
ledger_cursor = Table(
    "ledger_cursor",
    metadata,
    Column("name", String, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    Column("error", Text),
)

# Events that a durable listener could not take after all its tries.
ledger_parked = Table(
    "ledger_parked",
    metadata,
    Column("listener", String, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("error", Text, nullable=False),
)

kernel_migration = Table(
    "kernel_migration",
    metadata,
    Column("domain", String, primary_key=True),
    Column("steps", Integer, nullable=False),
)

kernel_first_start = Table(
    "kernel_first_start",
    metadata,
    Column("name", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

# The queue of jobs; done ones are deleted, parked ones stay with their error.
kernel_job = Table(
    "kernel_job",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("name", String, nullable=False),
    Column("key", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", String, nullable=False),
    Column("run_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("error", Text),
    Index("kernel_job_due", "state", "run_at"),
    Index("kernel_job_key", "name", "key"),
)

# When each scheduled job last started.
kernel_schedule = Table(
    "kernel_schedule",
    metadata,
    Column("name", String, primary_key=True),
    Column("last_run", BigInteger, nullable=False),
)

KERNEL_TABLES = (
    kernel_first_start,
    ledger_event,
    ledger_cursor,
    ledger_parked,
    ledger_dictionary,
    kernel_dictionary,
    kernel_migration,
    kernel_job,
    kernel_schedule,
)
