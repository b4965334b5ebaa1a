"""Transfers, and what already came from where."""

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, String, Table, Text

from agora.kernel.tables import metadata

task = Table(
    "transfer_task",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    # what the file is called, for who sent or fetches it
    Column("name", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("guild_id", BigInteger),
    Column("channel_id", BigInteger),
    Column("format", String, nullable=False),
    Column("files", Boolean, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("match", Boolean, nullable=False),
    Column("locale", String, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("error", Text),
    # JSON of Report
    Column("report", Text),
    Index("transfer_task_by_user", "user_id"),
)

# A hash over community, program, kind and its own key -> our id: what came once does not come again.
origin = Table(
    "transfer_origin",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("id", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)


ALL = (task, origin)
