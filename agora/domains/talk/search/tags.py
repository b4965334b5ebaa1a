"""Filters as words of the index's second column: a filter then costs what a word costs, alone or with words beside it.

FTS5 walks all lists of a conjunction together and skips in each what the others lack
(https://www.sqlite.org/fts5.html#fts5_boolean_operators), so the rarest condition decides, whichever it is.
"""

from __future__ import annotations

from collections.abc import Iterable

from agora.domains.talk.search.match import Match
from agora.domains.talk.search.words import either, quote

PINNED, EVERYONE, WEBHOOK = "p", "e", "w"
MOST_CHANNELS = 32
"""So many channels are looked up one by one; who reads more is looked up by guild, and the rows say which channels they are of."""


def build_tags(match: Match) -> list[str]:
    """FTS5 expressions that must all hold. There is always one for where to look, so that no search reads every message."""
    groups = [_places(match), *match.any_of]
    return [f"{{tags}} : {either([quote(tag) for tag in dict.fromkeys(group)])}" for group in groups]


def build_missing(match: Match) -> str:
    """An FTS5 expression that must not hold; empty when everything may."""
    return f"{{tags}} : {either([quote(tag) for tag in dict.fromkeys(match.none_of)])}" if match.none_of else ""


def _places(match: Match) -> Iterable[str]:
    if len(match.channels) <= MOST_CHANNELS:
        return of("c", match.channels)
    return (*of("g", match.guilds), *of("c", match.direct))


def of(kind: str, ids: Iterable[object]) -> tuple[str, ...]:
    """One tag for each id."""
    return tuple(f"{kind}{each}" for each in ids)
