"""What a community made for itself."""

from __future__ import annotations

import enum
import secrets

import msgspec

NO_GUILD = 0
"""The ``guild_id`` of what belongs to no community."""
_LOW_BITS = 22  # of a snowflake: below its milliseconds


class Emoji(msgspec.Struct, frozen=True, kw_only=True):
    """A small picture with a name. ``hash`` is that of its file; ``roles`` may use it, all members when there are none.

    One with an ``application_id`` belongs to that application and to no community.
    """

    id: int
    guild_id: int
    name: str
    hash: str
    animated: bool
    roles: tuple[int, ...]
    creator_id: int
    application_id: int | None = None


class Format(enum.IntEnum):
    """Discord's numbers for what a sticker's file is; 3, Lottie, runs in its own clients only."""

    PNG = 1
    APNG = 2
    GIF = 4


class Sticker(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that is sent as a message. ``tags`` says what it stands for, ``hash`` is that of its file."""

    id: int
    guild_id: int
    name: str
    description: str | None
    tags: str
    hash: str
    format: int
    creator_id: int


def hide_id(snowflake: int) -> int:
    """The same moment with the lower bits drawn at random.

    Pictures are served to whoever names their id, as on Discord, so that they show wherever a message takes them. Counted ids
    could be tried one after the other; these cannot.
    """
    return (snowflake >> _LOW_BITS << _LOW_BITS) | secrets.randbits(_LOW_BITS)
