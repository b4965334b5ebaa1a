"""SQLite connections: one place for the pragmas, for our own function and for the key of an encrypted database."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from agora.kernel.packed import add_function

_COMMON = ("PRAGMA foreign_keys = ON", "PRAGMA busy_timeout = 10000", "PRAGMA temp_store = MEMORY")
# FULL: an acknowledged write is on disk. WAL: readers never wait for the writer.
_WRITER = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -16000")
_READER = ("PRAGMA query_only = ON", "PRAGMA cache_size = -8000")


def open_engine(path: Path, *, writable: bool) -> Engine:
    """An engine whose connections are in autocommit mode: transactions are begun and ended by ``kernel.db`` alone."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
        for pragma in (*_COMMON, *(_WRITER if writable else _READER)):
            connection.execute(pragma)
        add_function(connection)
        return connection

    return create_engine("sqlite://", creator=connect, poolclass=NullPool, isolation_level="AUTOCOMMIT")


def driver(connection: Any) -> sqlite3.Connection:
    """The driver's connection behind SQLAlchemy's: for BEGIN, COMMIT and prepared statements."""
    raw: sqlite3.Connection = connection.connection.driver_connection
    return raw
