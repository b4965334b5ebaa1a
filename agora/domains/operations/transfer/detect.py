"""Which program a file comes from, by what is in it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from agora.domains.operations.transfer.archives import Archive
from agora.domains.operations.transfer.from_discord import DiscordSource
from agora.domains.operations.transfer.from_mattermost import MattermostSource
from agora.domains.operations.transfer.from_slack import CHANNELS, USERS, SlackSource
from agora.domains.operations.transfer.records import Problem, Source

_HINT = (
    "give a JSON file of DiscordChatExporter (or a zip of them), a Slack export (zip) or a bulk file of Mattermost (JSONL or zip)"
)


def open_source(path: Path, max_size: int, name: str = "") -> Source:
    """The file, ready to be read; ``name`` is what people call it. Raises Problem for what is no export."""
    if zipfile.is_zipfile(path):
        return _in_zip(Archive(path, max_size))
    with path.open("rb") as file:
        head = file.read(1 << 16).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"{") and b'"version"' in head.partition(b"\n")[0] and b'"type"' in head.partition(b"\n")[0]:
        return MattermostSource(lambda: path.open("rb"), name or path.name, path.stat().st_size, None)
    if head.startswith(b"{"):
        lone = _Lone(path, name or path.name)
        return _Discord(lone, {lone.name: path.stat().st_size}, None)
    raise Problem(f"{name or path.name} is no export that is known: {_HINT}.")


def _in_zip(archive: Archive) -> Source:
    names = archive.names()
    try:
        if USERS in names and CHANNELS in names:
            return SlackSource(archive)
        lines = [name for name in names if name.endswith(".jsonl")]
        if len(lines) == 1:
            return MattermostSource(lambda: archive.open(lines[0]), lines[0], archive.size(lines[0]), archive)
        documents = [name for name in names if name.endswith(".json") and not name.startswith("__MACOSX/")]
        if documents:
            return _Discord(_Many(archive, documents), {name: archive.size(name) for name in documents}, archive)
    except Problem:
        archive.close()
        raise
    archive.close()
    raise Problem(f"{archive.name} is no export that is known: {_HINT}.")


class _Lone:
    """One channel's file, with its media beside it left out: only an archive is looked into."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self.name = name

    def documents(self) -> list[str]:
        return [self.name]

    def open(self, name: str) -> IO[bytes]:
        return self._path.open("rb")

    def has(self, name: str) -> bool:
        return False


class _Many:
    """Channel files in a zip."""

    def __init__(self, archive: Archive, documents: list[str]) -> None:
        self._archive = archive
        self._documents = documents

    def documents(self) -> list[str]:
        return self._documents

    def open(self, name: str) -> IO[bytes]:
        return self._archive.open(name)

    def has(self, name: str) -> bool:
        return self._archive.has(name)


class _Discord(DiscordSource):
    """With the archive that holds its media, if there is one."""

    def __init__(self, holder: _Lone | _Many, sizes: dict[str, int], archive: Archive | None) -> None:
        super().__init__(holder, sizes)
        self._media = archive

    def read_file(self, path: str) -> Iterator[bytes] | None:
        """A file of the archive."""
        return self._media.chunks(path) if self._media is not None and self._media.has(path) else None

    def close(self) -> None:
        """Let go of the archive."""
        if self._media is not None:
            self._media.close()
