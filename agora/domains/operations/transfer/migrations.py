"""Schema steps, append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def create_transfers(op: Operations) -> None:
    """Exports and imports, and where things came from."""
    op.create_table(
        "transfer_task",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("format", sa.String, nullable=False),
        sa.Column("files", sa.Boolean, nullable=False),
        sa.Column("dry_run", sa.Boolean, nullable=False),
        sa.Column("match", sa.Boolean, nullable=False),
        sa.Column("locale", sa.String, nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("error", sa.Text),
        sa.Column("report", sa.Text),
    )
    op.create_index("transfer_task_by_user", "transfer_task", ["user_id"])
    op.create_table(
        "transfer_origin",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("id", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


STEPS = (create_transfers,)
