"""The only SELECTs on files."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, func, select

from agora.domains.talk.files.model import Attached, Upload, Usage
from agora.domains.talk.files.settings import AttachmentSettings
from agora.domains.talk.files.tables import attachment as a
from agora.domains.talk.files.tables import blob as b
from agora.domains.talk.files.tables import upload as u
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

_IDS = func.json_each(bindparam("ids")).table_valued("value")
_BY_ID = prepare(select(a).where(a.c.id == bindparam("id")))
_OF_MESSAGES = prepare(select(a).where(a.c.message_id.in_(select(_IDS.c.value))).order_by(a.c.message_id, a.c.position))
_OF_USER = prepare(select(func.coalesce(func.sum(a.c.size), 0)).where(a.c.user_id == bindparam("user_id")))
_OF_GUILD = prepare(select(func.coalesce(func.sum(a.c.size), 0)).where(a.c.guild_id == bindparam("guild_id")))
_UPLOAD = prepare(select(u).where(u.c.id == bindparam("id")))
_ORPHANS = prepare(
    select(b.c.hash)
    .where(b.c.stored_ms < bindparam("before_ms"), ~select(a.c.id).where(a.c.hash == b.c.hash).exists())
    .order_by(b.c.stored_ms)
    .limit(bindparam("limit"))
)


def find_file(tx: Tx, file_id: int) -> Attached | None:
    """One file of a message."""
    row = tx.row(_BY_ID, id=file_id)
    return None if row is None else Attached(*row)


def list_files(tx: Tx, message_ids: Sequence[int]) -> dict[int, tuple[Attached, ...]]:
    """The files of each message that has any, in their order."""
    found: dict[int, tuple[Attached, ...]] = {}
    if message_ids:
        for row in tx.rows(_OF_MESSAGES, ids=msgspec.json.encode(list(message_ids)).decode()):
            file = Attached(*row)
            found[file.message_id] = (*found.get(file.message_id, ()), file)
    return found


def find_usage(tx: Tx, user_id: int, guild_id: int | None) -> Usage:
    """What is kept of the user, or of the guild where that one has less room left."""
    settings = tx.app.config.get(AttachmentSettings)
    own = Usage(_sum(tx.row(_OF_USER, user_id=user_id)), settings.user_quota_mib << 20)
    if guild_id is None:
        return own
    guild = Usage(_sum(tx.row(_OF_GUILD, guild_id=guild_id)), settings.guild_quota_mib << 20)
    return min(own, guild, key=lambda usage: usage.left)


def find_upload(tx: Tx, upload_id: int) -> Upload | None:
    """One announced upload."""
    row = tx.row(_UPLOAD, id=upload_id)
    return None if row is None else Upload(**row._asdict())


def list_orphans(tx: Tx, before_ms: int, limit: int) -> list[str]:
    """Contents that no message has and that did not come lately."""
    return [row.hash for row in tx.rows(_ORPHANS, before_ms=before_ms, limit=limit)]


def _sum(row: tuple[int] | None) -> int:
    return 0 if row is None else int(row[0])
