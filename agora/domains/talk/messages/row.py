"""A message as it is stored, and the bits that search filters by."""

from __future__ import annotations

import enum
import re
from typing import NamedTuple


class Has(enum.IntFlag):
    """What a message holds besides words."""

    LINK = 1
    EMBED = 2
    FILE = 4
    POLL = 8
    STICKER = 16
    SNAPSHOT = 32


class Row(NamedTuple):
    """The columns of ``messages_message``, in order; prepared SELECTs give the same names."""

    id: int
    channel_id: int
    guild_id: int | None
    author_id: int
    type: int
    content: str
    html: str | None
    flags: int
    tts: bool
    edited_ms: int | None
    pinned_ms: int | None
    reply_to: int | None
    nonce: str | None
    mentions: str | None
    embeds: str | None
    has: int
    components: str | None = None
    origin: str | None = None
    poll: str | None = None
    snapshot: str | None = None
    stickers: str | None = None


_LINK = re.compile(r"https?://\S", re.IGNORECASE)


def traits(
    content: str, *, embeds: bool, files: bool = False, poll: bool = False, snapshot: bool = False, stickers: bool = False
) -> int:
    """The bits of ``Has``."""
    # plain ints and a cheap look first: this runs for every message
    bits = int(Has.LINK) if "://" in content and _LINK.search(content) else 0
    if files:
        bits |= int(Has.FILE)
    if poll:
        bits |= int(Has.POLL)
    if stickers:
        bits |= int(Has.STICKER)
    if snapshot:
        bits |= int(Has.SNAPSHOT)
    return bits | int(Has.EMBED) if embeds else bits
