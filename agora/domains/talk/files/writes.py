"""The only INSERT, UPDATE and DELETE on files."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import BindParameter, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import sqlite

from agora.domains.talk.files.model import Attached, Kept, Received, Upload
from agora.domains.talk.files.queries import find_usage, list_files, list_orphans
from agora.domains.talk.files.tables import attachment as a
from agora.domains.talk.files.tables import blob as b
from agora.domains.talk.files.tables import upload as u
from agora.domains.talk.files.work import READ, ReadFiles
from agora.kernel.errors import TooLarge, Unavailable
from agora.kernel.files import Files, Keeps
from agora.kernel.jobs import do_enqueue
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

SWEEP = 100  # contents that one transaction collects

_VALUES: dict[str, BindParameter[object]] = {name: bindparam(name) for name in Attached._fields}
_INSERT = prepare(insert(a).values(_VALUES))
_DESCRIBE = prepare(
    update(a).where(a.c.id == bindparam("file_id")).values(description=bindparam("description"), position=bindparam("position"))
)
_REMOVE = prepare(delete(a).where(a.c.id == bindparam("file_id")))
_IDS = func.json_each(bindparam("ids")).table_valued("value")
_RELEASE = prepare(delete(a).where(a.c.message_id.in_(select(_IDS.c.value))))
_NOTE = prepare(
    sqlite.insert(b)
    .values(hash=bindparam("hash"), stored_ms=bindparam("stored_ms"))
    .on_conflict_do_update(index_elements=["hash"], set_={"stored_ms": bindparam("stored_ms")})
)
_KNOWN = prepare(select(b.c.hash).where(b.c.hash == bindparam("hash")))
_FORGET = prepare(delete(b).where(b.c.hash == bindparam("hash")))


def do_note(tx: Tx, hashes: Sequence[str]) -> None:
    """Contents came: for a while they are kept without a message. Raises 503 when one was collected at this very moment."""
    for hash in hashes:
        tx.run(_NOTE, hash=hash, stored_ms=tx.now_ms)
        if tx.app.get(Files).find(hash) is None:
            raise Unavailable("The file was cleaned away while it arrived: send it again.")


def do_let_go(tx: Tx, hashes: Sequence[str]) -> None:
    """Something that kept these contents is gone: the next sweep removes those that nothing else keeps."""
    for hash in hashes:
        tx.run(_NOTE, hash=hash, stored_ms=tx.now_ms)


def do_announce(tx: Tx, uploads: Sequence[Upload]) -> None:
    """Files will come by addresses of their own."""
    for each in uploads:
        tx.execute(insert(u).values(msgspec.structs.asdict(each)))


def do_arrive(tx: Tx, upload_id: int, file: Received) -> None:
    """The content of an announced file came; a second time it replaces the first."""
    do_note(tx, [file.hash])
    values = {name: getattr(file, name) for name in ("hash", "size", "content_type", "width", "height")}
    tx.execute(update(u).where(u.c.id == upload_id).values(values))


def do_attach(tx: Tx, files: Sequence[Attached]) -> None:
    """Files become those of a message. Raises 413 when the user or guild has no room for them."""
    if not files:
        return
    first = files[0]
    check_room(tx, first.user_id, first.guild_id, sum(file.size for file in files))
    for file in files:
        if tx.row(_KNOWN, hash=file.hash) is None:
            raise Unavailable("The upload took too long: send it again.")
        tx.run(_INSERT, **file._asdict())
    do_enqueue(tx, READ, ReadFiles(first.message_id), key=str(first.message_id))


def check_room(tx: Tx, user_id: int, guild_id: int | None, size: int) -> None:
    """Raise 413 when so many bytes more are too many."""
    usage = find_usage(tx, user_id, guild_id)
    if size > usage.left:
        raise TooLarge(f"No room left: {usage.used >> 20} of {usage.quota >> 20} MiB are used. Delete files you no longer need.")


def do_change(tx: Tx, message_id: int, kept: Sequence[Kept], new: Sequence[Attached]) -> None:
    """Keep some files of a message, drop the others, attach new ones behind them."""
    stays = {each.id: each for each in kept}
    for file in list_files(tx, [message_id]).get(message_id, ()):
        if file.id not in stays:
            tx.run(_REMOVE, file_id=file.id)
    for position, each in enumerate(kept):
        tx.run(_DESCRIBE, file_id=each.id, description=each.description, position=position)
    do_attach(tx, new)
    do_enqueue(tx, READ, ReadFiles(message_id), key=str(message_id))


def do_move_files(tx: Tx, message_ids: Sequence[int], channel_id: int) -> None:
    """The messages went to another channel, and their files with them."""
    tx.execute(update(a).where(a.c.message_id.in_(message_ids)).values(channel_id=channel_id))


def do_release(tx: Tx, message_ids: Sequence[int]) -> None:
    """The messages are being deleted: their files are gone at once, their contents at the next sweep."""
    tx.run(_RELEASE, ids=msgspec.json.encode(list(message_ids)).decode())


def do_sweep(tx: Tx, before_ms: int) -> int:
    """Collect contents that nobody refers to; returns how many were looked at, ``SWEEP`` when there may be more.

    The file goes inside the transaction, against the rule: the writer alone must decide between this and ``do_note``. If the
    commit fails after that, a row is left that names no file, and the next sweep takes it.
    """
    tx.execute(delete(u).where(u.c.at < before_ms))
    hashes = list_orphans(tx, before_ms, SWEEP)
    kept = {hash for keeper in tx.app.offers(Keeps) for hash in keeper.list_kept(tx, hashes)}
    for hash in hashes:
        tx.run(_FORGET, hash=hash)
        if hash not in kept:
            tx.app.get(Files).remove(hash)
    return len(hashes)
