"""Static files, read once and addressed by a hash of them all: a browser may keep them for ever.

One hash for the whole tree, so that ES modules and style sheets reach each other by relative paths within it.
"""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import msgspec

PREFIX = "/assets"
_HASH_DIGITS = 12
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".png": "image/png",
    ".ico": "image/x-icon",
}
# Below this, compressing costs more than it saves (bytes).
_SMALLEST_TO_COMPRESS = 1024


class Asset(msgspec.Struct, frozen=True):
    """One file. ``packed`` is its gzip form, where that is smaller."""

    content: bytes
    content_type: str
    packed: bytes | None


class Assets:
    """The files of a folder, in memory; each is compressed when it is first asked for. Types that pages do not use are left out."""

    def __init__(self, folder: Path) -> None:
        self._files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in _list_files(folder)}
        digest = hashlib.sha256()
        for name, content in self._files.items():
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        self.version = digest.hexdigest()[:_HASH_DIGITS]
        self._built: dict[str, Asset] = {}

    def find(self, name: str) -> Asset | None:
        """A file by its path within the folder."""
        if name not in self._built and name in self._files:
            self._built[name] = build_asset(name, self._files[name])
        return self._built.get(name)

    def modules(self, *folders: str) -> list[str]:
        """The addresses of all ES modules in these folders, so that a page can ask for them at once instead of one by one."""
        return [self.url(name) for name in self._files if name.endswith(".js") and name.startswith(tuple(f"{f}/" for f in folders))]

    def url(self, name: str) -> str:
        """The address of a file. Raises LookupError for one that does not exist: a template names it wrongly."""
        if name not in self._files:
            raise LookupError(f"there is no asset {name}")
        return f"{PREFIX}/{self.version}/{name}"


def build_asset(name: str, content: bytes) -> Asset:
    """A file with its media type and its compressed form."""
    packed = None
    if len(content) >= _SMALLEST_TO_COMPRESS:
        smaller = gzip.compress(content, mtime=0)
        packed = smaller if len(smaller) < len(content) else None
    return Asset(content, _TYPES[Path(name).suffix], packed)


def _list_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in _TYPES)
