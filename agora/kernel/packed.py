"""Old texts of a row made small in their place: a blob stands where the first of them stood, and holds all of them.

A blob is the number of a dictionary (one byte), then a zstd frame (RFC 8878) without magic number and checksum, made with that
dictionary. Unpacked it holds the texts as UTF-8 in a fixed order with ``END`` between them; a text that was null is ``NULL``.
Neither byte occurs in UTF-8. Dictionaries are trained on the very texts, and stay in the database as long as it lives.

SQL reads it by ``agora_text(blob, index)``, which every connection of ``kernel.sqlite`` knows.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import bindparam, func, insert, select, update

from agora.kernel.sql import prepare
from agora.kernel.tables import kernel_dictionary as d

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

SQL_NAME = "agora_text"
END, NULL = b"\xff", b"\xfe"
LEVEL = 19  # packed once, and 30 µs for a message
SIZE = 110 << 10  # bytes of a dictionary
MOST = 255  # dictionaries
Texts = tuple[str | None, ...]
_NEWEST = prepare(select(d).where(d.c.name == bindparam("name")).order_by(d.c.id.desc()).limit(1))
_BY_ID = prepare(select(d.c.content).where(d.c.id == bindparam("dictionary_id")))
_REACHED = prepare(update(d).where(d.c.name == bindparam("name")).values(reached=bindparam("reached")))
_LOWER = prepare(
    update(d).where(d.c.name == bindparam("name"), d.c.reached > bindparam("reached")).values(reached=bindparam("reached"))
)


class Dictionary(msgspec.Struct, frozen=True):
    """A trained dictionary; everything up to ``reached`` has been looked at."""

    id: int
    content: bytes
    reached: int


class Unpacker:
    """Reads blobs; safe from any thread. Dictionaries are loaded when a blob first names them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers: dict[int, Any] = {}

    def read(self, tx: Tx, blob: bytes) -> Texts:
        """The texts. Raises LookupError when the dictionary is gone."""
        with self._lock:  # a decompressor serves one thread at a time
            return self.split(blob, lambda number: _load(tx, number))

    def split(self, blob: bytes, load: Callable[[int], bytes]) -> Texts:
        """The same with another way to a dictionary, for one thread."""
        reader = self._readers.get(blob[0])
        if reader is None:
            reader = self._readers[blob[0]] = _decompressor(load(blob[0]))
        return tuple(None if part == NULL else part.decode() for part in reader.decompress(blob[1:]).split(END))


def add_function(connection: sqlite3.Connection) -> None:
    """Let this connection's SQL read blobs: ``agora_text(value, index)``; anything but a blob comes back as it is."""
    unpacker = Unpacker()
    last: tuple[bytes, Texts] = (b"", ())

    def load(number: int) -> bytes:
        row = connection.execute("SELECT content FROM kernel_dictionary WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise LookupError(f"the dictionary {number} is missing")
        content: bytes = row[0]
        return content

    def read(value: Any, index: int) -> Any:
        nonlocal last
        if not isinstance(value, bytes):
            return value
        if last[0] != value:  # a statement asks for several texts of a row, one after the other
            last = (value, unpacker.split(value, load))
        return last[1][index]

    connection.create_function(SQL_NAME, 2, read, deterministic=True)


def train(samples: Sequence[Texts]) -> bytes | None:
    """A dictionary for texts like these, None where they are too few or have nothing in common.

    Takes some tenths of a second, so call it in a thread.
    """
    import zstandard

    joined: list[bytes | bytearray | memoryview] = [_join(each) for each in samples]
    size = min(SIZE, sum(map(len, joined)) // 4)
    try:
        return zstandard.train_dictionary(size, joined).as_bytes()
    except (zstandard.ZstdError, ValueError):
        return None


class Packer:
    """Makes blobs with one dictionary; for one thread at a time."""

    def __init__(self, dictionary: Dictionary) -> None:
        import zstandard

        trained = zstandard.ZstdCompressionDict(dictionary.content)
        shape = zstandard.ZstdCompressionParameters.from_level(
            LEVEL, source_size=300, dict_size=len(dictionary.content), format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_dict_id=False
        )
        trained.precompute_compress(compression_params=shape)
        self._writer = zstandard.ZstdCompressor(compression_params=shape, dict_data=trained)
        self._mark = bytes([dictionary.id])

    def pack(self, rows: Sequence[Texts]) -> list[bytes | None]:
        """A blob for each; None for one that would not become smaller. Some milliseconds for a hundred: call it in a thread."""
        blobs = [self._mark + self._writer.compress(_join(each)) for each in rows]
        return [blob if len(blob) < count_bytes(each) else None for blob, each in zip(blobs, rows, strict=True)]


def count_bytes(texts: Texts) -> int:
    """What texts take in their columns."""
    return sum(len(each.encode()) for each in texts if each is not None)


def find_dictionary(tx: Tx, name: str) -> Dictionary | None:
    """The one in use for this kind of texts."""
    row = tx.row(_NEWEST, name=name)
    return None if row is None else Dictionary(row.id, row.content, row.reached)


def do_add_dictionary(tx: Tx, name: str, content: bytes) -> Dictionary:
    """Use a new one from here on; everything is looked at again. Raises RuntimeError when there are too many."""
    number = int(tx.execute(select(func.coalesce(func.max(d.c.id), 0))).scalar_one()) + 1
    if number > MOST:
        raise RuntimeError(f"there are {MOST} dictionaries already")
    tx.execute(insert(d).values(id=number, name=name, content=content, made_at=tx.now_ms, reached=0))
    return Dictionary(number, content, 0)


def do_reach(tx: Tx, name: str, reached: int) -> None:
    """Everything up to here has been looked at."""
    tx.run(_REACHED, name=name, reached=reached)


def do_go_back(tx: Tx, name: str, reached: int) -> None:
    """Something came behind this position: look again from here on."""
    tx.run(_LOWER, name=name, reached=reached)


def _join(texts: Texts) -> bytes:
    return END.join(NULL if each is None else each.encode() for each in texts)


def _decompressor(dictionary: bytes) -> Any:
    import zstandard

    return zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(dictionary), format=zstandard.FORMAT_ZSTD1_MAGICLESS)


def _load(tx: Tx, number: int) -> bytes:
    row = tx.row(_BY_ID, dictionary_id=number)
    if row is None:
        raise LookupError(f"the dictionary {number} is missing")
    content: bytes = row.content
    return content
