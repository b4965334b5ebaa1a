"""Files on their way to a message, and files of a message."""

from __future__ import annotations

from typing import NamedTuple

import msgspec


class Received(msgspec.Struct, frozen=True):
    """A file that is stored and sniffed, but belongs to no message yet.

    ``index`` is its number in the form (``files[3]``), ``hash`` its SHA-256, ``width`` and ``height`` are pixels.
    """

    index: int
    filename: str
    hash: str
    size: int
    content_type: str
    width: int | None = None
    height: int | None = None
    description: str | None = None


class Attached(NamedTuple):
    """The columns of ``files_attachment``, in order."""

    id: int
    message_id: int
    channel_id: int
    guild_id: int | None
    user_id: int
    position: int
    filename: str
    hash: str
    size: int
    content_type: str
    width: int | None
    height: int | None
    description: str | None


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was announced for a channel; ``hash`` is None until its content came. ``size`` is first what was announced."""

    id: int
    channel_id: int
    user_id: int
    filename: str
    at: int
    size: int
    hash: str | None = None
    content_type: str | None = None
    width: int | None = None
    height: int | None = None


class Kept(msgspec.Struct, frozen=True):
    """A file that stays on a message when it is edited, perhaps with another description."""

    id: int
    description: str | None


class Change(msgspec.Struct, frozen=True):
    """What an edit makes of a message's files: what stays, what comes."""

    kept: tuple[Kept, ...]
    new: tuple[Received, ...]


class Usage(msgspec.Struct, frozen=True):
    """Bytes that are kept, and how many may be."""

    used: int
    quota: int

    @property
    def left(self) -> int:
        """Room in bytes."""
        return max(self.quota - self.used, 0)
