"""The job queue's rows: every statement on ``kernel_job`` and ``kernel_schedule``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from agora.kernel.tables import kernel_job, kernel_schedule

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

WAITING = "waiting"
RUNNING = "running"
PARKED = "parked"
_ERROR_LENGTH = 2_000


class Claimed(msgspec.Struct, frozen=True):
    """A job taken by a worker; ``tries`` counts this one."""

    id: int
    name: str
    body: bytes
    tries: int


def do_enqueue(tx: Tx, name: str, body: msgspec.Struct, *, key: str = "", delay_ms: int = 0) -> int:
    """Queue a job; gives its id. With a ``key``, a job of this name and key that still waits is the answer instead."""
    if key:
        same = select(kernel_job.c.id).where(kernel_job.c.name == name, kernel_job.c.key == key, kernel_job.c.state == WAITING)
        if (found := tx.execute(same).scalar()) is not None:
            return int(found)
    job_id = tx.new_id()
    tx.execute(
        insert(kernel_job).values(
            id=job_id,
            name=name,
            key=key,
            body=msgspec.json.encode(body),
            state=WAITING,
            run_at=tx.now_ms + delay_ms,
            tries=0,
        )
    )
    return job_id


def list_waiting(tx: Tx, name: str, prefix: str) -> list[tuple[str, bytes, int]]:
    """Jobs of a name that wait, with their key, body and time (UTC milliseconds), the soonest first; keys begin with ``prefix``."""
    keys = kernel_job.c.key >= prefix, kernel_job.c.key < prefix + "\U0010ffff"
    found = select(kernel_job).where(kernel_job.c.name == name, kernel_job.c.state == WAITING, *keys)
    return [(row.key, row.body, row.run_at) for row in tx.execute(found.order_by(kernel_job.c.run_at, kernel_job.c.id))]


def do_cancel(tx: Tx, name: str, key: str) -> bool:
    """Forget a job that still waits; false when there is none."""
    found = delete(kernel_job).where(kernel_job.c.name == name, kernel_job.c.key == key, kernel_job.c.state == WAITING)
    return bool(tx.execute(found).rowcount)


def find_next_due(tx: Tx, names: Sequence[str]) -> int | None:
    """The job that should run now, oldest first; jobs that nobody here can run stay where they are."""
    due = (
        select(kernel_job.c.id)
        .where(kernel_job.c.state == WAITING, kernel_job.c.run_at <= tx.now_ms, kernel_job.c.name.in_(names))
        .order_by(kernel_job.c.run_at, kernel_job.c.id)
        .limit(1)
    )
    found = tx.execute(due).scalar()
    return None if found is None else int(found)


def do_claim(tx: Tx, names: Sequence[str]) -> Claimed | None:
    """Take the next job that is due."""
    job_id = find_next_due(tx, names)
    if job_id is None:
        return None
    tx.execute(update(kernel_job).where(kernel_job.c.id == job_id).values(state=RUNNING, tries=kernel_job.c.tries + 1))
    row = tx.execute(select(kernel_job).where(kernel_job.c.id == job_id)).one()
    return Claimed(row.id, row.name, row.body, row.tries)


def do_finish(tx: Tx, job_id: int) -> None:
    """The job is done: forget it."""
    tx.execute(delete(kernel_job).where(kernel_job.c.id == job_id))


def do_retry(tx: Tx, job_id: int, error: str, wait_ms: int) -> None:
    """Put it back, to run later."""
    _set(tx, job_id, state=WAITING, error=error[:_ERROR_LENGTH], run_at=tx.now_ms + wait_ms)


def do_park(tx: Tx, job_id: int, error: str) -> None:
    """Set it aside with the reason; it runs no more by itself."""
    _set(tx, job_id, state=PARKED, error=error[:_ERROR_LENGTH])


def do_recover(tx: Tx) -> int:
    """After a crash or stop: what was running waits again. Returns how many."""
    again = update(kernel_job).where(kernel_job.c.state == RUNNING).values(state=WAITING)
    return int(tx.execute(again).rowcount)


def count_jobs(tx: Tx) -> dict[str, int]:
    """State -> number of jobs."""
    rows = tx.execute(select(kernel_job.c.state, func.count().label("jobs")).group_by(kernel_job.c.state))
    return {row.state: row.jobs for row in rows}


def list_schedule(tx: Tx) -> dict[str, int]:
    """Scheduled job -> when it last started, in UTC milliseconds."""
    return {row.name: row.last_run for row in tx.execute(select(kernel_schedule))}


def do_start_scheduled(tx: Tx, name: str) -> int:
    """Note that a scheduled job starts now; returns the time."""
    statement = insert(kernel_schedule).values(name=name, last_run=tx.now_ms)
    tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"last_run": tx.now_ms}))
    return tx.now_ms


def _set(tx: Tx, job_id: int, **values: object) -> None:
    tx.execute(update(kernel_job).where(kernel_job.c.id == job_id).values(**values))
