"""``Journal``: what survives a kill -9 so that clients can resume after a restart: which dispatch came from which event.

One file of fixed slots in ``data/indexes``, mapped into memory: noting a dispatch is one store of eight bytes, and what was stored
is in the file even if the process dies in the next instant (the pages belong to the kernel, not to us). After a power cut it may be
stale or gone: then clients identify again, which is always correct.

A slot holds one session: its id, user, intents and shard, the last sequence number, and for the newest ``MARKS`` numbers the
dispatch's ``mark`` (see ``outgoing``). The header holds the newest place of the ledger that was given to all sessions.
"""

from __future__ import annotations

import contextlib
import logging
import mmap
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

log = logging.getLogger(__name__)

MAGIC = 0x0002_4147_5257  # "AGRW", layout 2
MARKS = 2048
SLOTS_PER_FILE = 32
# Words of eight bytes in a slot before its marks.
_ID_HIGH, _ID_LOW, _USER, _CREDENTIAL, _INTENTS, _SHARD, _LAST, _HELD = range(8)
_SLOT_WORDS = 8 + MARKS
_HEADER_WORDS = 8
_FILE_WORDS = _HEADER_WORDS + SLOTS_PER_FILE * _SLOT_WORDS
_MASK = (1 << 63) - 1


class Kept(msgspec.Struct, frozen=True):
    """A session as the journal remembers it. ``held``: it was waiting for something that is lost now, so it cannot be resumed."""

    slot: int
    session_id: str
    user_id: int
    credential_id: int
    intents: int
    shard: tuple[int, int]
    last: int
    held: bool


class Journal:
    """Open with a folder; ``close`` when done. Everything is called on the event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._words: list[memoryview] = []
        self._maps: list[mmap.mmap] = []
        self._free: list[int] = []
        for path in self._existing():
            self._map(path)
        self._processed = self._words[0][1] if self._words else 0

    def _existing(self) -> Iterator[Path]:
        number = 0
        while (path := self._path(number)).exists():
            yield path
            number += 1

    def _path(self, number: int) -> Path:
        return self._folder / f"gateway-{number}.journal"

    def kept(self) -> list[Kept]:
        """The sessions found in the files; call once, at start. All other slots are free then."""
        found = []
        for slot in range(len(self._words) * SLOTS_PER_FILE):
            words, at = self._at(slot)
            if not words[at + _USER]:
                self._free.append(slot)
                continue
            found.append(
                Kept(
                    slot=slot,
                    session_id=f"{words[at + _ID_HIGH]:016x}{words[at + _ID_LOW]:016x}",
                    user_id=words[at + _USER],
                    credential_id=words[at + _CREDENTIAL],
                    intents=words[at + _INTENTS],
                    shard=(words[at + _SHARD] >> 16, words[at + _SHARD] & 0xFFFF),
                    last=words[at + _LAST],
                    held=bool(words[at + _HELD]),
                )
            )
        return found

    @property
    def processed(self) -> int:
        """The newest ledger place that all sessions were given."""
        return self._processed

    @processed.setter
    def processed(self, seq: int) -> None:
        self._processed = seq
        if self._words:
            self._words[0][1] = seq

    def take(self, kept: Kept) -> int | None:
        """A slot for a new session (``kept.slot`` is ignored). None when the disk is full: then a restart ends the session."""
        if not self._free and not self._grow():
            return None
        slot = self._free.pop()
        words, at = self._at(slot)
        words[at + _ID_HIGH] = int(kept.session_id[:16], 16)
        words[at + _ID_LOW] = int(kept.session_id[16:], 16)
        words[at + _CREDENTIAL] = kept.credential_id
        words[at + _INTENTS] = kept.intents
        words[at + _SHARD] = kept.shard[0] << 16 | kept.shard[1]
        words[at + _LAST] = kept.last
        words[at + _HELD] = kept.held
        words[at + _USER] = kept.user_id  # last: it makes the slot count
        return slot

    def free(self, slot: int) -> None:
        """The session is over."""
        words, at = self._at(slot)
        words[at + _USER] = 0
        self._free.append(slot)

    def note(self, slot: int, number: int, mark: int) -> None:
        """Sequence number ``number`` of this session was the dispatch ``mark``."""
        words = self._words[slot // SLOTS_PER_FILE]
        at = _HEADER_WORDS + slot % SLOTS_PER_FILE * _SLOT_WORDS
        words[at + 8 + number % MARKS] = mark
        words[at + _LAST] = number

    def hold(self, slot: int, held: bool) -> None:
        """While a session waits for something that only this process knows, a crash must end it."""
        words, at = self._at(slot)
        words[at + _HELD] = held

    def rewind(self, slot: int, number: int) -> None:
        """Forget what came after a number: the client has not seen it and gets it again under new numbers."""
        words, at = self._at(slot)
        words[at + _LAST] = number

    def marks(self, slot: int, after: int, upto: int) -> list[int] | None:
        """The marks of the numbers in between (``upto`` included); None when some were overwritten."""
        words, at = self._at(slot)
        if words[at + _LAST] - after > MARKS:
            return None
        return [words[at + 8 + number % MARKS] for number in range(after + 1, upto + 1)]

    def newest(self, slot: int, last: int) -> int:
        """The greatest mark among the newest numbers up to ``last``."""
        words, at = self._at(slot)
        return max((words[at + 8 + n % MARKS] for n in range(max(1, last - MARKS + 1), last + 1)), default=0)

    def close(self) -> None:
        """Unmap the files."""
        for words in self._words:
            words.release()
        for mapped in self._maps:
            with contextlib.suppress(OSError):
                mapped.flush()
            mapped.close()
        self._words, self._maps, self._free = [], [], []

    def _at(self, slot: int) -> tuple[memoryview, int]:
        return self._words[slot // SLOTS_PER_FILE], _HEADER_WORDS + slot % SLOTS_PER_FILE * _SLOT_WORDS

    def _grow(self) -> bool:
        number = len(self._words)
        try:
            self._map(self._path(number))
        except OSError as error:
            log.warning("no room for the gateway's journal (%s): a restart will make new clients identify again", error)
            return False
        self._words[0][1] = self._processed
        self._free += reversed(range(number * SLOTS_PER_FILE, (number + 1) * SLOTS_PER_FILE))
        return True

    def _map(self, path: Path) -> None:
        """Map one file; a new or foreign one is filled with zeros first, so that no store can meet a full disk."""
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            size = _FILE_WORDS * 8
            head = os.pread(handle, 8, 0)
            if os.fstat(handle).st_size != size or head != MAGIC.to_bytes(8, "little"):
                os.ftruncate(handle, 0)
                _write_all(handle, bytes(size))
                os.pwrite(handle, MAGIC.to_bytes(8, "little"), 0)
            mapped = mmap.mmap(handle, size)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(path)
            raise
        finally:
            os.close(handle)
        self._maps.append(mapped)
        self._words.append(memoryview(mapped).cast("q"))


def new_session_id() -> str:
    """128 random bits in hexadecimal, each half positive as a signed word."""
    high = int.from_bytes(os.urandom(8), "big") & _MASK
    low = int.from_bytes(os.urandom(8), "big") & _MASK
    return f"{high:016x}{low:016x}"


def _write_all(handle: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]
