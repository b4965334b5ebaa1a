"""The only statements that change transfers."""

from __future__ import annotations

import msgspec
from sqlalchemy import BindParameter, bindparam, delete, insert, update
from sqlalchemy.dialects import sqlite

from agora.domains.operations.transfer.events import HistoryExported
from agora.domains.operations.transfer.model import Kind, Report, Run, State, Task
from agora.domains.operations.transfer.tables import origin as o
from agora.domains.operations.transfer.tables import task as t
from agora.kernel.events import NOBODY
from agora.kernel.jobs import do_enqueue
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

EXPORT, IMPORT = "transfer.export", "transfer.import"
_VALUES: dict[str, BindParameter[object]] = {name: bindparam(name) for name in ("digest", "id")}
_REMEMBER = prepare(sqlite.insert(o).values(_VALUES).on_conflict_do_nothing())
_REPLACE = prepare(sqlite.insert(o).values(_VALUES).on_conflict_do_update(index_elements=["digest"], set_={"id": bindparam("id")}))


def do_begin(tx: Tx, task: Task) -> Task:
    """Note a transfer and queue it; an export is written into the audit log at once, whatever becomes of it."""
    values = msgspec.structs.asdict(task) | {"report": None}
    tx.execute(insert(t).values(values))
    do_enqueue(tx, EXPORT if task.kind is Kind.EXPORT else IMPORT, Run(task.id), key=str(task.id))
    if task.kind is Kind.EXPORT:
        do_tell_export(tx, task)
    return task


def do_tell_export(tx: Tx, task: Task) -> None:
    """History leaves: this goes into the audit log."""
    event = HistoryExported(guild_id=task.guild_id, channel_id=task.channel_id, format=task.format, files=task.files)
    tx.emit(event, NOBODY, guild_id=task.guild_id, channel_id=task.channel_id)


def do_progress(tx: Tx, task_id: int, done: int, total: int) -> None:
    """It runs, and is so far."""
    _set(tx, task_id, state=State.RUNNING, done=done, total=total)


def do_succeed(tx: Tx, task_id: int, *, size: int, done: int, report: Report | None = None, guild_id: int | None = None) -> None:
    """It is done. ``guild_id`` is the community that an import made or found."""
    text = None if report is None else msgspec.json.encode(report).decode()
    _set(tx, task_id, state=State.DONE, finished_at=tx.now_ms, size=size, done=done, total=done, report=text, error=None)
    if guild_id is not None:
        _set(tx, task_id, guild_id=guild_id)


def do_fail(tx: Tx, task_id: int, error: str) -> None:
    """It cannot be done; ``error`` is a sentence for who asked."""
    _set(tx, task_id, state=State.FAILED, finished_at=tx.now_ms, error=error[:2000])


def do_forget(tx: Tx, task_id: int) -> None:
    """Drop the row; the file is the caller's to remove."""
    tx.execute(delete(t).where(t.c.id == task_id))


def do_remember(tx: Tx, digest: bytes, id_: int, *, again: bool = False) -> bool:
    """Note what came from elsewhere; False when it was known. ``again`` puts the new id in the place of one that is gone."""
    return tx.run(_REPLACE if again else _REMEMBER, digest=digest, id=id_) > 0


def _set(tx: Tx, task_id: int, **values: object) -> None:
    tx.execute(update(t).where(t.c.id == task_id).values(**values))
