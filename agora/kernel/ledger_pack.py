"""Old events made small: their bodies become zstd frames with a dictionary that was trained on the ledger itself.

A body is JSON, so a frame is told by zstd's magic number (RFC 8878, 3.1.1). Whoever reads the ledger sees no difference.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import msgspec
import zstandard
from sqlalchemy import BindParameter, bindparam, delete, func, insert, select, update

from agora.kernel.sql import prepare
from agora.kernel.tables import ledger_dictionary as d
from agora.kernel.tables import ledger_event as e

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

MAGIC = b"\x28\xb5\x2f\xfd"
LEVEL = 9  # packed once, read seldom
DICTIONARY = 32 << 10  # bytes
_NEWEST = prepare(select(d).order_by(d.c.made_at.desc()).limit(1))
_BY_ID = prepare(select(d.c.content).where(d.c.id == bindparam("dictionary_id")))
_NEXT = prepare(select(e).where(e.c.seq > bindparam("after")).order_by(e.c.seq).limit(bindparam("limit")))
_LAST = prepare(select(func.coalesce(func.max(e.c.seq), 0).label("seq")))
_DROP = prepare(delete(e).where(e.c.seq.between(bindparam("first"), bindparam("last"))))
_COLUMNS: dict[str, BindParameter[object]] = {column.name: bindparam(column.name) for column in e.c}
_PUT = prepare(insert(e).values(_COLUMNS))
_REACHED = prepare(update(d).where(d.c.id == bindparam("dictionary_id")).values(packed_seq=bindparam("packed_seq")))


class Dictionary(msgspec.Struct, frozen=True):
    """A trained dictionary; events up to ``packed_seq`` are packed with it or an older one."""

    id: int
    content: bytes
    packed_seq: int


class Unpacker:
    """Reads packed bodies; safe from any thread. Dictionaries are loaded when a frame first names them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers: dict[int, zstandard.ZstdDecompressor] = {}

    def read(self, tx: Tx, body: bytes) -> bytes:
        """The JSON. Raises LookupError when the dictionary is gone."""
        if not body.startswith(MAGIC):
            return body
        dictionary_id = zstandard.get_frame_parameters(body).dict_id
        with self._lock:
            reader = self._readers.get(dictionary_id)
            if reader is None:
                reader = self._readers[dictionary_id] = zstandard.ZstdDecompressor(dict_data=_load(tx, dictionary_id))
            return reader.decompress(body)


def train(samples: Sequence[bytes]) -> bytes:
    """A dictionary for bodies like these; takes a second, so call it in a thread."""
    return zstandard.train_dictionary(DICTIONARY, list(samples)).as_bytes()


def pack(dictionary: Dictionary, bodies: Sequence[bytes]) -> list[bytes]:
    """The bodies as frames; one that would not become smaller stays as it is."""
    writer = zstandard.ZstdCompressor(level=LEVEL, dict_data=zstandard.ZstdCompressionDict(dictionary.content))
    frames = [body if body.startswith(MAGIC) else writer.compress(body) for body in bodies]
    return [frame if len(frame) < len(body) else body for frame, body in zip(frames, bodies, strict=True)]


def find_dictionary(tx: Tx) -> Dictionary | None:
    """The one in use."""
    row = tx.row(_NEWEST)
    return None if row is None else Dictionary(row.id, row.content, row.packed_seq)


def list_old(tx: Tx, after_seq: int, before_ms: int, limit: int) -> list[Any]:
    """Whole rows of events before this moment, oldest first."""
    return list(takewhile(lambda row: row.at < before_ms, tx.rows(_NEXT, after=after_seq, limit=limit)))


def list_samples(tx: Tx, before_ms: int, count: int) -> list[bytes]:
    """Bodies spread evenly over all old events; none when there are fewer than ``count``."""
    last = _find_last_old(tx, before_ms)
    if last < count:
        return []
    found = (tx.row(_NEXT, after=last * step // count, limit=1) for step in range(count))
    return [row.body for row in found if row is not None]


def do_add_dictionary(tx: Tx, content: bytes) -> Dictionary:
    """Use a new one from here on."""
    known = find_dictionary(tx)
    made = Dictionary(zstandard.ZstdCompressionDict(content).dict_id(), content, known.packed_seq if known is not None else 0)
    tx.execute(insert(d).values(id=made.id, content=content, made_at=tx.now_ms, packed_seq=made.packed_seq))
    return made


def do_pack(tx: Tx, dictionary_id: int, rows: Sequence[Any], bodies: Sequence[bytes]) -> None:
    """Put frames in the place of the bodies of neighbouring rows, and remember how far it is.

    The rows are taken out and put back: an update would leave the room that it saves inside their pages, where nothing new
    is ever written.
    """
    first, last = rows[0].seq, rows[-1].seq
    if tx.run(_DROP, first=first, last=last) != len(rows):
        raise RuntimeError(f"the events {first} to {last} are not those that were packed")
    for row, body in zip(rows, bodies, strict=True):
        tx.run(_PUT, **row._asdict() | {"body": body})
    tx.run(_REACHED, dictionary_id=dictionary_id, packed_seq=last)


def _find_last_old(tx: Tx, before_ms: int) -> int:
    """The last position before a moment, by halving: positions and times grow together, and only positions have an index."""
    newest = tx.row(_LAST)
    low, high = 0, 0 if newest is None else int(newest.seq)
    while low < high:
        middle = (low + high + 1) // 2
        row = tx.row(_NEXT, after=middle - 1, limit=1)
        if row is not None and row.at < before_ms:
            low = middle
        else:
            high = middle - 1
    return low


def _load(tx: Tx, dictionary_id: int) -> zstandard.ZstdCompressionDict:
    row = tx.row(_BY_ID, dictionary_id=dictionary_id)
    if row is None:
        raise LookupError(f"the ledger's dictionary {dictionary_id} is missing")
    return zstandard.ZstdCompressionDict(row.content)
