"""The kernel's migrations, append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_ledger(op: Operations) -> None:
    """The event log, its cursors, and the place for events nobody could take."""
    op.create_table(
        "ledger_event",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor_id", sa.BigInteger),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("cause", sa.BigInteger),
        sa.Column("depth", sa.Integer, nullable=False),
        sa.Column("audience", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ledger_cursor",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
    )
    op.create_table(
        "ledger_parked",
        sa.Column("listener", sa.String, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
    )


def create_first_start(op: Operations) -> None:
    """What ran once in the life of this data folder."""
    op.create_table(
        "kernel_first_start",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def create_jobs(op: Operations) -> None:
    """The queue of jobs, and when scheduled ones last ran."""
    op.create_table(
        "kernel_job",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("run_at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
    )
    op.create_index("kernel_job_due", "kernel_job", ["state", "run_at"])
    op.create_index("kernel_job_key", "kernel_job", ["name", "key"])
    op.create_table(
        "kernel_schedule",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("last_run", sa.BigInteger, nullable=False),
    )


def create_dictionary(op: Operations) -> None:
    """What old events are packed with."""
    op.create_table(
        "ledger_dictionary",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("packed_seq", sa.BigInteger, nullable=False),
    )


def create_dictionaries(op: Operations) -> None:
    """What old texts are packed with."""
    op.create_table(
        "kernel_dictionary",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("reached", sa.BigInteger, nullable=False),
    )


STEPS = (create_ledger, create_first_start, create_jobs, create_dictionary, create_dictionaries)
