"""What any program's history is made of, before it is ours. Keys are that program's own ids, as text.

In a text, a mention stands as ``mention(KEY)``, ``room(KEY)`` or ``emoji(KEY, NAME)`` gives it; what it becomes is decided when the
keys have ids here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeAlias

import msgspec

# Private-use characters, which no program writes into a message: they mark a mention inside a text.
_OPEN, _USER, _ROOM, _CLOSE, _EMOJI = "\ue100", "\ue101", "\ue102", "\ue103", "\ue104"
_MARK = re.compile(f"{_OPEN}([{_USER}{_ROOM}{_EMOJI}])([^{_CLOSE}]*){_CLOSE}")
_STRAY = re.compile(f"[{_OPEN}{_USER}{_ROOM}{_CLOSE}{_EMOJI}]")


class Problem(Exception):
    """The file cannot be read: one sentence that says what and where, and what to do."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who wrote, reacted or was mentioned."""

    key: str
    name: str
    shown: str = ""
    is_bot: bool = False


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A channel. ``members`` are the keys of who may see a ``private`` one."""

    key: str
    name: str
    topic: str | None = None
    category: str | None = None
    private: bool = False
    announcement: bool = False
    members: tuple[str, ...] = ()


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """An emoji of that community. ``path`` names its picture inside the archive, where it is there."""

    key: str
    name: str
    where: str
    path: str | None = None


class Reaction(msgspec.Struct, frozen=True):
    """One emoji and who used it: Unicode, or with a ``key`` the name of one of that community. ``count`` is what the file says."""

    emoji: str
    users: tuple[str, ...]
    key: str | None = None
    count: int = 0


class Enclosed(msgspec.Struct, frozen=True, kw_only=True):
    """A file. ``path`` names it inside the archive; without one only its name and address are known."""

    name: str
    path: str | None = None
    url: str | None = None
    description: str | None = None


class Forwarded(msgspec.Struct, frozen=True, kw_only=True):
    """What a message carried on, said in the ``room`` as ``key``; its files are those of the message that carries it."""

    room: str
    key: str
    content: str
    at: int
    edited: int | None = None
    embeds: tuple[Any, ...] = ()


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A message. ``id`` is a snowflake of Discord's, kept where it is free; times are UTC milliseconds; ``where`` for warnings."""

    key: str
    room: str
    author: str
    at: int
    content: str
    where: str
    id: int | None = None
    edited: int | None = None
    pinned: bool = False
    reply_to: str | None = None
    files: tuple[Enclosed, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    embeds: tuple[Any, ...] = ()
    forwarded: Forwarded | None = None


class Left(msgspec.Struct, frozen=True):
    """Something that has no place here; ``what`` groups it (``emoji``, ``direct``, ``system``), ``where`` says which one."""

    what: str
    where: str
    count: int = 1


Record: TypeAlias = Person | Room | Picture | Post | Left


class Source(Protocol):
    """A file of another program, open for reading."""

    program: str
    identity: str
    """Names the community it came from, so that a second file of the same one continues it."""
    title: str

    def records(self) -> Iterator[Record]:
        """Everything, in the order of the file: people and rooms before the posts that name them. Raises Problem."""
        ...

    def position(self) -> tuple[int, int]:
        """Bytes read, and all of them."""
        ...

    def read_file(self, path: str) -> Iterator[bytes] | None:
        """The content of an enclosed file; None when the archive does not hold it."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


def mention(key: str) -> str:
    """A mention of a person, inside a text."""
    return f"{_OPEN}{_USER}{key}{_CLOSE}"


def room(key: str) -> str:
    """A link to a room, inside a text."""
    return f"{_OPEN}{_ROOM}{key}{_CLOSE}"


def emoji(key: str, name: str) -> str:
    """An emoji of that community, inside a text."""
    return f"{_OPEN}{_EMOJI}{key}/{name}{_CLOSE}"


def plain(text: str) -> str:
    """A text of another program without our marks, so that nobody can forge a mention."""
    return _STRAY.sub("", text)


def resolve(text: str, user: Callable[[str], str], channel: Callable[[str], str], sign: Callable[[str, str], str]) -> str:
    """Our text: each mention and emoji as the functions say."""

    def ours(found: re.Match[str]) -> str:
        if found[1] == _EMOJI:
            key, _, name = found[2].partition("/")
            return sign(key, name)
        return user(found[2]) if found[1] == _USER else channel(found[2])

    return _MARK.sub(ours, text)
