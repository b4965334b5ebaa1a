"""The migrated schema against ``tables.py``: what Alembic would change is a fault."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from agora.kernel.domain import Domain
from agora.kernel.migrate import migrate
from agora.kernel.sqlite import open_engine
from agora.kernel.tables import KERNEL_TABLES, metadata


def find_schema_faults(domains: Sequence[Domain]) -> list[str]:
    """Run all migrations on an empty database and compare; also tables that no domain lists or that bear another's name."""
    with tempfile.TemporaryDirectory(prefix="agora-schema-") as folder:
        engine = open_engine(Path(folder) / "agora.db", writable=True)
        migrate(engine, domains)
        with engine.connect() as connection:
            virtual = list(connection.execute(text("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'")).scalars())

            def is_ours(name: str | None, kind: str, parents: Any) -> bool:
                """Full-text tables and their shadows are written in SQL and not in ``tables.py``."""
                return kind != "table" or not any(name == v or (name or "").startswith(f"{v}_") for v in virtual)

            context = MigrationContext.configure(connection, opts={"include_name": is_ours, "compare_type": True})
            changes = compare_metadata(context, metadata)
        engine.dispose()
    return [_in_words(change) for change in changes] + _find_strays(domains)


def _in_words(change: Any) -> str:
    if isinstance(change, list):
        return "; ".join(_in_words(part) for part in change)
    kind, *rest = change
    names = [str(getattr(part, "fullname", None) or getattr(part, "name", None) or part) for part in rest if part is not None]
    return f"tables.py and migrations differ: {kind} {' '.join(names)}"


def _find_strays(domains: Sequence[Domain]) -> list[str]:
    owners = {table.name: "kernel" for table in KERNEL_TABLES}
    faults = []
    for domain in domains:
        for table in domain.tables:
            owners[table.name] = domain.name
            if table.name != domain.name and not table.name.startswith(f"{domain.name}_"):
                faults.append(f"table {table.name} of {domain.name} does not begin with {domain.name}_")
    return faults + [f"table {name} is listed by no domain" for name in sorted(set(metadata.tables) - set(owners))]
