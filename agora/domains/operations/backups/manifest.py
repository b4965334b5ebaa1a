"""What is in a backup: the last member of the zip, ``manifest.json``, lists every other one with size and SHA-256."""

from __future__ import annotations

import re

import msgspec

FORMAT = 1
NAME = "manifest.json"
DATABASE = "agora.db"
# Exactly what a backup may hold. Anything else, such as ``../x`` or an absolute path, is not restored.
_MEMBER = re.compile(r"agora\.db|keys/[a-z][a-z0-9_-]*\.key|files/sealed-with|files/([0-9a-f]{2})/\1[0-9a-f]{62}(?:\.sealed)?")


class Member(msgspec.Struct, frozen=True):
    """One file of the data folder: its path in it, size in bytes, lower-case hex SHA-256."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """``schema`` is how many migration steps each domain had run."""

    format: int
    agora: str
    created_at: str
    schema: dict[str, int]
    members: tuple[Member, ...]


class Backup(msgspec.Struct, frozen=True):
    """A backup that was written: where, how large, and how much is in it."""

    path: str
    size: int
    files: int
    created_at: str


def is_member_name(name: str) -> bool:
    """Whether a backup may hold a file of this name."""
    return _MEMBER.fullmatch(name) is not None
