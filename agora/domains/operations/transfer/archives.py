"""Zip files that strangers made: nothing is unpacked to disk, names are only names, sizes are believed only while read."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from agora.domains.operations.transfer.records import Problem

MAX_MEMBERS = 500_000
CHUNK = 1 << 18
# Text packs well, but not a thousand times: beyond this, and above the size, it is a bomb.
MAX_RATIO = 250
RATIO_FROM = 16 << 20
_LINK = 0o120000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Archive:
    """A checked zip. Its members are found by name only; ``max_size`` is the most that it may hold, in bytes."""

    def __init__(self, path: Path, max_size: int) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError) as error:
            raise Problem(f"{path.name} is no readable zip file ({error}): export it again.") from None
        self.name = path.name
        self._members: dict[str, zipfile.ZipInfo] = {}
        try:
            self._check(max_size)
        except Problem:
            self._zip.close()
            raise

    def names(self) -> list[str]:
        """All files, in the archive's order."""
        return list(self._members)

    def size(self, name: str) -> int:
        """Bytes of a member when it is unpacked."""
        return self._members[name].file_size

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self._members

    def open(self, name: str) -> IO[bytes]:
        """A member for reading. Raises Problem."""
        try:
            return self._zip.open(self._members[name])
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            raise Problem(f"{name} in {self.name} cannot be read ({error}): export it again.") from None

    def chunks(self, name: str) -> Iterator[bytes]:
        """A member piece by piece, never more than it said it holds. Raises Problem."""
        left = self.size(name)
        try:
            with self.open(name) as file:
                while chunk := file.read(CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise Problem(f"{name} in {self.name} is larger than it says: the archive is damaged.")
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise Problem(f"{name} in {self.name} is damaged ({error}): export it again.") from None

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def _check(self, max_size: int) -> None:
        entries = self._zip.infolist()
        if len(entries) > MAX_MEMBERS:
            raise Problem(f"{self.name} holds {len(entries)} files: more than {MAX_MEMBERS} are not read.")
        total = 0
        for entry in entries:
            self._check_entry(entry)
            total += entry.file_size
            if total > max_size:
                raise Problem(f"{self.name} unpacks to more than {max_size >> 20} MiB ([transfer] max_unpacked_mib).")
            if not entry.is_dir():
                if entry.filename in self._members:
                    raise Problem(f"{self.name} holds {entry.filename!r} twice: the archive is damaged.")
                self._members[entry.filename] = entry

    def _check_entry(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename
        parts = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ":" in parts[0] or ".." in parts or "\x00" in entry.orig_filename:
            raise Problem(f"{self.name} holds the name {name!r}, which leads out of the archive: it is not read.")
        if entry.flag_bits & 0x1:
            raise Problem(f"{self.name} is encrypted: unpack it with its password and zip it again.")
        if (entry.external_attr >> 16) & 0o170000 == _LINK:
            raise Problem(f"{self.name} holds the link {name!r}: it is not read.")
        if entry.compress_type not in _METHODS:
            raise Problem(f"{name} in {self.name} is packed in a way that is not read: use deflate.")
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise Problem(f"{name} in {self.name} unpacks to {entry.file_size >> 20} MiB from almost nothing: it is not read.")
