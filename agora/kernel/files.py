"""Files by content: ``data/files/ab/abcdef…``, named by SHA-256, written once, never changed.

Same bytes, same file; a reference is the hash. All disk work happens in threads.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import re
import secrets
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Collection, Iterator, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from agora.kernel.errors import NotFound, TooLarge, Unavailable
from agora.kernel.secrets import sync_folder

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

CHUNK = 1 << 18
_HASH = re.compile(r"[0-9a-f]{64}")
_FULL = {errno.ENOSPC, errno.EDQUOT}


class FileRef(msgspec.Struct, frozen=True):
    """A stored file: lower-case hex SHA-256 and size in bytes."""

    hash: str
    size: int


class Keeps(msgspec.Struct, frozen=True):
    """Offered by whoever stores hashes of files: ``list_kept(tx, hashes)`` gives those of them that it still refers to."""

    list_kept: Callable[[Tx, Sequence[str]], Collection[str]]


class Files:
    """The content-addressed folder. ``max_size`` is in bytes."""

    def __init__(self, folder: Path, max_size: int = 100 << 20) -> None:
        self.folder = folder
        self.max_size = max_size

    async def put(self, content: bytes | AsyncIterable[bytes]) -> FileRef:
        """Store bytes, or chunks as they come; on disk when it returns. Raises TooLarge, or Unavailable on a full disk."""
        draft = await asyncio.to_thread(_Draft.open, self.folder / "drafts")
        try:
            await self._fill(draft, content)
            return await asyncio.to_thread(self._finish, draft)
        except OSError as error:
            if error.errno in _FULL:
                raise Unavailable("The disk is full: the file was not stored. Free some space and try again.") from error
            raise
        finally:
            await asyncio.to_thread(draft.discard)

    def find(self, hash: str) -> FileRef | None:
        """The stored file, or None. Anything that is not a hash is not stored."""
        if not _HASH.fullmatch(hash):
            return None
        try:
            return FileRef(hash, self._path(hash).stat().st_size)
        except FileNotFoundError:
            return None

    def path(self, hash: str) -> Path:
        """Where the file lies, for sending it whole. Raises NotFound."""
        if self.find(hash) is None:
            raise NotFound("This file does not exist.")
        return self._path(hash)

    async def open(self, hash: str, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes, None]:
        """Chunks of a file from byte ``start`` on, ``length`` bytes or to the end. Raises NotFound."""
        path = await asyncio.to_thread(self.path, hash)
        file = await asyncio.to_thread(_open_at, path, start)
        left = length
        try:
            while left is None or left > 0:
                chunk = await asyncio.to_thread(file.read, CHUNK if left is None else min(CHUNK, left))
                if not chunk:
                    break
                left = None if left is None else left - len(chunk)
                yield chunk
        finally:
            await asyncio.to_thread(file.close)

    async def read(self, hash: str, start: int = 0, length: int | None = None) -> bytes:
        """A file or a range of it at once. Raises NotFound."""
        async with aclosing(self.open(hash, start, length)) as chunks:
            return b"".join([chunk async for chunk in chunks])

    async def delete(self, hash: str) -> bool:
        """Remove a file nobody refers to any more; False when it was not there."""
        return await asyncio.to_thread(self.remove, hash)

    def remove(self, hash: str) -> bool:
        """The same, for who is in a thread already."""
        if self.find(hash) is None:
            return False
        self._path(hash).unlink(missing_ok=True)
        return True

    def list_hashes(self) -> Iterator[str]:
        """All stored files."""
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")):
            if _HASH.fullmatch(path.name):
                yield path.name

    def sweep_drafts(self) -> int:
        """Remove what uploads cut short by a crash left behind; call it at start. Returns how many."""
        drafts = list((self.folder / "drafts").glob("*.part"))
        for draft in drafts:
            draft.unlink(missing_ok=True)
        return len(drafts)

    async def _fill(self, draft: _Draft, content: bytes | AsyncIterable[bytes]) -> None:
        if isinstance(content, bytes):
            self._check_size(len(content))
            await asyncio.to_thread(draft.write, content)
            return
        async for chunk in content:
            self._check_size(draft.size + len(chunk))
            await asyncio.to_thread(draft.write, chunk)

    def _check_size(self, size: int) -> None:
        if size > self.max_size:
            raise TooLarge(f"A file may have at most {self.max_size >> 20} MiB.")

    def _finish(self, draft: _Draft) -> FileRef:
        ref = draft.close()
        path = self._path(ref.hash)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.replace(draft.path, path)
            sync_folder(path.parent)
        return ref

    def _path(self, hash: str) -> Path:
        return self.folder / hash[:2] / hash


def _open_at(path: Path, start: int) -> BinaryIO:
    file = path.open("rb")
    file.seek(start)
    return file


class _Draft:
    """A file that is being written and hashed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._file = path.open("xb")
        self._digest = hashlib.sha256()

    @classmethod
    def open(cls, folder: Path) -> _Draft:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(folder / f"{secrets.token_hex(12)}.part")

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def close(self) -> FileRef:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return FileRef(self._digest.hexdigest(), self.size)

    def discard(self) -> None:
        """Leave nothing behind; after a finished file this finds nothing to do."""
        with suppress(OSError):  # a full disk makes even closing fail; the file goes all the same
            self._file.close()
        self.path.unlink(missing_ok=True)
