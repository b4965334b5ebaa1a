"""Migrations: each domain has an append-only list of functions of Alembic's ``op``; the database stores how many have run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, Engine

from agora.kernel.errors import SetupError
from agora.kernel.steps import STEPS as KERNEL_STEPS
from agora.kernel.tables import kernel_migration

if TYPE_CHECKING:
    from alembic.operations import Operations

    from agora.kernel.domain import Domain

Step = Callable[["Operations"], None]
KERNEL = "kernel"


def migrate(engine: Engine, domains: Sequence[Domain]) -> list[str]:
    """Bring the schema up to date, all or nothing; returns what ran, as ``domain.step``.

    Raises SetupError when the database was written by a newer Agora.
    """
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            ran = _run_all(connection, domains)
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
        return ran


def count_steps(domains: Sequence[Domain]) -> dict[str, int]:
    """How many steps this version knows, of the kernel and of each domain."""
    return {KERNEL: len(KERNEL_STEPS)} | {domain.name: len(domain.migrations) for domain in domains}


def _run_all(connection: Connection, domains: Sequence[Domain]) -> list[str]:
    kernel_migration.create(connection, checkfirst=True)
    rows = connection.execute(select(kernel_migration.c.domain, kernel_migration.c.steps))
    done: dict[str, int] = {row.domain: row.steps for row in rows}
    ran: list[str] = []
    for name, steps in [(KERNEL, KERNEL_STEPS), *((d.name, tuple(d.migrations)) for d in domains)]:
        if steps and done.get(name, 0) != len(steps):
            ran += _run_domain(connection, name, steps, done.get(name, 0))
    return ran


def _run_domain(connection: Connection, name: str, steps: Sequence[Step], have: int) -> list[str]:
    if have > len(steps):
        raise SetupError(
            f"The database was written by a newer Agora ({name} is at step {have}, this version knows {len(steps)}): "
            "start that version, or restore a backup made with this one."
        )
    # Alembic takes a noticeable part of the start to import, and is only needed now
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    op = Operations(MigrationContext.configure(connection))
    for step in steps[have:]:
        step(op)
    if have == 0:
        connection.execute(insert(kernel_migration).values(domain=name, steps=len(steps)))
    else:
        connection.execute(update(kernel_migration).where(kernel_migration.c.domain == name).values(steps=len(steps)))
    return [f"{name}.{step.__name__}" for step in steps[have:]]
