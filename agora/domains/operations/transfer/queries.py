"""The SELECTs on transfers, and the pages of messages that an export is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, select

from agora.domains.operations.transfer.model import Format, Kind, Report, State, Task
from agora.domains.operations.transfer.tables import origin as o
from agora.domains.operations.transfer.tables import task as t
from agora.domains.talk.files import Attached, list_files
from agora.domains.talk.messages import Has, list_by_ids, list_payloads, message
from agora.domains.talk.reactions import Given, list_given
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx
from agora.protocol.payloads import Message

_PAGE = prepare(
    select(message.c.id)
    .where(message.c.channel_id == bindparam("channel_id"), message.c.id > bindparam("after"))
    .order_by(message.c.id)
    .limit(bindparam("limit"))
)
_COUNT = prepare(select(func.count()).select_from(message).where(message.c.channel_id == bindparam("channel_id")))
_ORIGIN = prepare(select(o.c.id).where(o.c.digest == bindparam("digest")))
_TAKEN = prepare(select(message.c.id).where(message.c.id == bindparam("id")))


class Entry(msgspec.Struct, frozen=True):
    """A message on its way out: the payload, who reacted, and its files."""

    message: Message
    given: list[Given]
    files: tuple[Attached, ...]


def find_task(tx: Tx, task_id: int) -> Task | None:
    """One transfer."""
    row = tx.execute(select(t).where(t.c.id == task_id)).one_or_none()
    return None if row is None else _task(row)


def list_tasks(tx: Tx, user_id: int | None, kind: str | None, before: int | None, limit: int) -> list[Task]:
    """Transfers, the newest first; of one user, or of all."""
    query = select(t).order_by(t.c.id.desc()).limit(limit)
    if user_id is not None:
        query = query.where(t.c.user_id == user_id)
    if kind is not None:
        query = query.where(t.c.kind == kind)
    if before is not None:
        query = query.where(t.c.id < before)
    return [_task(row) for row in tx.execute(query)]


def count_unfinished(tx: Tx, user_id: int) -> int:
    """How many transfers of a user wait or run."""
    query = select(func.count()).select_from(t).where(t.c.user_id == user_id, t.c.state.in_((State.WAITING, State.RUNNING)))
    return int(tx.execute(query).scalar_one())


def list_old(tx: Tx, before_ms: int) -> list[int]:
    """Transfers that ended before this moment."""
    return [row.id for row in tx.execute(select(t.c.id).where(t.c.finished_at < before_ms))]


def count_messages(tx: Tx, channel_ids: Sequence[int]) -> int:
    """How many messages these channels hold."""
    return sum(int(tx.rows(_COUNT, channel_id=channel_id)[0][0]) for channel_id in channel_ids)


def list_entries(tx: Tx, channel_id: int, after: int, limit: int) -> list[Entry]:
    """The next messages of a channel, oldest first."""
    ids = [row.id for row in tx.rows(_PAGE, channel_id=channel_id, after=after, limit=limit)]
    found = list_by_ids(tx, ids)
    rows = [found[id_] for id_ in ids]
    given = list_given(tx, ids)
    files = list_files(tx, [row.id for row in rows if row.has & Has.FILE])
    payloads = list_payloads(tx, rows, 0)
    return [Entry(payload, given.get(row.id, []), files.get(row.id, ())) for row, payload in zip(rows, payloads, strict=True)]


def find_origin(tx: Tx, digest: bytes) -> int | None:
    """Our id of what came from elsewhere."""
    row = tx.row(_ORIGIN, digest=digest)
    return None if row is None else int(row.id)


def list_origins(tx: Tx, digests: Sequence[bytes]) -> dict[bytes, int]:
    """The same for many at once."""
    return {digest: found for digest in digests if (found := find_origin(tx, digest)) is not None}


def is_taken(tx: Tx, message_id: int) -> bool:
    """Whether a message has this id."""
    return tx.row(_TAKEN, id=message_id) is not None


def _task(row: Any) -> Task:
    values = dict(row._mapping)
    report = values.pop("report")
    return Task(
        **{
            **values,
            "kind": Kind(row.kind),
            "state": State(row.state),
            "format": Format(row.format),
            "report": None if report is None else msgspec.json.decode(report, type=Report),
        }
    )
