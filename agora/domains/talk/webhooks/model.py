"""A webhook: an address that may speak in one channel."""

from __future__ import annotations

import msgspec

MAX_PER_CHANNEL = 15  # as on Discord
MAX_NAME = 80


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """``creator_id`` is who made it; ``avatar`` the hash of its picture.

    One with a source is a follower: what is published in that announcement channel comes through it, and nothing else.
    """

    id: int
    guild_id: int
    channel_id: int
    creator_id: int
    name: str
    avatar: str | None = None
    source_channel_id: int | None = None
    source_guild_id: int | None = None

    @property
    def follows(self) -> bool:
        """Whether it is a follower."""
        return self.source_channel_id is not None
