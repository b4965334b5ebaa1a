"""Files by content: ``data/files/ab/abcdef…``, named by the SHA-256 of their content, written once, never changed.

Same bytes, same file; a reference is the hash. With a vault they are encrypted and end in ``.sealed``; plain ones that were there
before stay readable. All disk work happens in threads.
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
from agora.kernel.vault import FileBroken, plain_size

if TYPE_CHECKING:
    from agora.kernel.tx import Tx
    from agora.kernel.vault import Vault

CHUNK = 1 << 18
SEALED = ".sealed"
_HASH = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(rf"[0-9a-f]{{64}}(?:{re.escape(SEALED)})?")
_FULL = {errno.ENOSPC, errno.EDQUOT}


class FileRef(msgspec.Struct, frozen=True):
    """A stored file: lower-case hex SHA-256 and size in bytes."""

    hash: str
    size: int


class Keeps(msgspec.Struct, frozen=True):
    """Offered by whoever stores hashes of files: ``list_kept(tx, hashes)`` gives those of them that it still refers to."""

    list_kept: Callable[[Tx, Sequence[str]], Collection[str]]


class Files:
    """The content-addressed folder. ``max_size`` is in bytes; with a ``vault`` new files are encrypted."""

    def __init__(self, folder: Path, max_size: int = 100 << 20, vault: Vault | None = None) -> None:
        self.folder = folder
        self.max_size = max_size
        self.vault = vault

    async def put(self, content: bytes | AsyncIterable[bytes]) -> FileRef:
        """Store bytes, or chunks as they come; on disk when it returns. Raises TooLarge, or Unavailable on a full disk."""
        draft = await asyncio.to_thread(Draft.open, self.folder / "drafts", self.vault)
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
        path = self.find_path(hash)
        try:
            size = 0 if path is None else path.stat().st_size
        except FileNotFoundError:
            return None
        return None if path is None else FileRef(hash, plain_size(size) if path.suffix else size)

    def find_path(self, hash: str) -> Path | None:
        """Where the file lies, as it lies there: it may be encrypted."""
        if not _HASH.fullmatch(hash):
            return None
        plain = self.folder / hash[:2] / hash
        return next((path for path in (plain, plain.with_suffix(SEALED)) if path.exists()), None)

    def open_file(self, hash: str) -> BinaryIO:
        """The content, to read from anywhere in it; blocks. Raises NotFound, FileBroken."""
        for _ in range(2):  # it may be encrypted between two looks
            path = self.find_path(hash)
            with suppress(FileNotFoundError):
                if path is not None:
                    return self._unseal(path) if path.suffix else path.open("rb")
        raise NotFound("This file does not exist.")

    async def open(self, hash: str, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes, None]:
        """Chunks of a file from byte ``start`` on, ``length`` bytes or to the end. Raises NotFound, FileBroken."""
        file = await asyncio.to_thread(self._open_at, hash, start)
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
        """A file or a range of it at once. Raises NotFound, FileBroken."""
        async with aclosing(self.open(hash, start, length)) as chunks:
            return b"".join([chunk async for chunk in chunks])

    async def delete(self, hash: str) -> bool:
        """Remove a file nobody refers to any more; False when it was not there."""
        return await asyncio.to_thread(self.remove, hash)

    def remove(self, hash: str) -> bool:
        """The same, for who is in a thread already."""
        found = False
        while (path := self.find_path(hash)) is not None:
            path.unlink(missing_ok=True)
            found = True
        return found

    def list_paths(self) -> Iterator[Path]:
        """All stored files, as they lie there."""
        return (path for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")) if _NAME.fullmatch(path.name))

    def list_hashes(self) -> Iterator[str]:
        """All stored files."""
        return (path.name.removesuffix(SEALED) for path in self.list_paths())

    def sweep_drafts(self) -> int:
        """Remove what uploads cut short by a crash left behind; call it at start. Returns how many."""
        drafts = list((self.folder / "drafts").glob("*.part"))
        for draft in drafts:
            draft.unlink(missing_ok=True)
        return len(drafts)

    async def _fill(self, draft: Draft, content: bytes | AsyncIterable[bytes]) -> None:
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

    def _finish(self, draft: Draft) -> FileRef:
        ref = draft.close()
        path = self.folder / ref.hash[:2] / f"{ref.hash}{'' if self.vault is None else SEALED}"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.find_path(ref.hash) is None:
            os.replace(draft.path, path)
            sync_folder(path.parent)
        return ref

    def _open_at(self, hash: str, start: int) -> BinaryIO:
        file = self.open_file(hash)
        file.seek(start)
        return file

    def _unseal(self, path: Path) -> BinaryIO:
        if self.vault is None:
            raise FileBroken(f"The file {path.stem} is encrypted, and [files] key_file is not set.")
        return self.vault.open(path)


class Draft:
    """A file that is being written and hashed, and encrypted when there is a vault."""

    def __init__(self, path: Path, vault: Vault | None) -> None:
        self.path = path
        self.size = 0
        self._file = path.open("xb")
        self._sealing = None if vault is None else vault.seal(self._file)
        self._digest = hashlib.sha256()

    @classmethod
    def open(cls, folder: Path, vault: Vault | None) -> Draft:
        """A new one in this folder. Raises OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(folder / f"{secrets.token_hex(12)}.part", vault)

    def write(self, chunk: bytes) -> None:
        """More of the content. Raises OSError."""
        (self._sealing or self._file).write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def close(self) -> FileRef:
        """On disk; what it is. Raises OSError."""
        if self._sealing is not None:
            self._sealing.finish()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return FileRef(self._digest.hexdigest(), self.size)

    def discard(self) -> None:
        """Leave nothing behind; after a finished file this finds nothing to do."""
        with suppress(OSError):  # a full disk makes even closing fail; the file goes all the same
            self._file.close()
        self.path.unlink(missing_ok=True)
