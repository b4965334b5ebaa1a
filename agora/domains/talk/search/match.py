"""What is looked for, as values."""

from __future__ import annotations

import msgspec

MAX_ID = (1 << 63) - 1


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """Filters of one search; all must hold. ``channels`` is the permission filter and is never empty of meaning:
    no channels, no results. ``expression`` is FTS5's; ``has`` and ``lacks`` are bits of ``messages.Has``.
    An empty tuple of authors or mentions is no filter, None matches nothing (a name nobody has).
    """

    channels: tuple[int, ...]
    expression: str | None = None
    authors: tuple[int, ...] | None = ()
    mentions: tuple[int, ...] | None = ()
    has: int = 0
    lacks: int = 0
    impossible: bool = False
    pinned: bool | None = None
    mention_everyone: bool | None = None
    min_id: int = 0
    max_id: int = MAX_ID
    newest_first: bool = True
    by_relevance: bool = False


class Hit(msgspec.Struct, frozen=True):
    """A message that matches; ``snippet`` has the found words between two control characters."""

    id: int
    snippet: str


class Found(msgspec.Struct, frozen=True):
    """One page of hits. ``total`` stops counting at ``queries.MAX_COUNTED``."""

    hits: tuple[Hit, ...]
    total: int


NOTHING = Found((), 0)
