"""What is looked for, as values."""

from __future__ import annotations

import msgspec

MAX_ID = (1 << 63) - 1


class Term(msgspec.Struct, frozen=True):
    """Something that must occur: a word in any of its forms, or, if ``exact``, these very words one after another.

    ``unfinished``: somebody is still typing it, so longer words that begin like it count as well.
    """

    text: str
    exact: bool = False
    unfinished: bool = False


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """Filters of one search; all must hold. ``channels`` is the permission filter and is never empty of meaning:
    no channels, no results. ``guilds`` are those that the channels belong to, ``direct`` those of the channels that belong to none.

    All ``terms`` must occur, and one of each group of ``alternatives``. ``slop``: the terms must stand as typed, with at most so
    many words between them. ``any_of`` are tags (see ``messages.migrations.tag_messages``) of which each group must have one,
    ``none_of`` those that must be missing.
    """

    channels: tuple[int, ...]
    guilds: tuple[int, ...] = ()
    direct: tuple[int, ...] = ()
    terms: tuple[Term, ...] = ()
    alternatives: tuple[tuple[Term, ...], ...] = ()
    slop: int | None = None
    any_of: tuple[tuple[str, ...], ...] = ()
    none_of: tuple[str, ...] = ()
    replied_users: tuple[int, ...] = ()
    embed_types: tuple[str, ...] = ()
    embed_providers: tuple[str, ...] = ()
    impossible: bool = False
    min_id: int = 0
    max_id: int = MAX_ID
    newest_first: bool = True
    by_relevance: bool = False

    @property
    def hopeless(self) -> bool:
        """Whether nothing can be found, so that the database need not be asked."""
        return self.impossible or not self.channels or any(not group for group in self.any_of)

    @property
    def is_plain(self) -> bool:
        """Whether the index answers all conditions but the ids of channels and messages."""
        return not (self.replied_users or self.embed_types or self.embed_providers)

    @property
    def is_open(self) -> bool:
        """Whether there is no condition but the channels."""
        narrow = (self.terms, self.alternatives, self.any_of, self.none_of, self.min_id, self.max_id < MAX_ID, self.impossible)
        return self.is_plain and not any(narrow)

    def having(self, *tags: str) -> Match:
        """The same with one of these tags as a further condition; without any, nothing can be found."""
        return msgspec.structs.replace(self, any_of=(*self.any_of, tags))

    def lacking(self, *tags: str) -> Match:
        """The same without messages that have one of these tags."""
        return msgspec.structs.replace(self, none_of=(*self.none_of, *tags))


class Hit(msgspec.Struct, frozen=True):
    """A message that matches; ``snippet`` has the found words between two control characters.

    ``score`` says how good a hit it is where hits are ranked; only their order has a meaning.
    """

    id: int
    snippet: str
    score: float | None = None


class Found(msgspec.Struct, frozen=True):
    """One page of hits. ``total`` counts the hits of all pages, but stops a little after this one (``queries.COUNTED_ON``)."""

    hits: tuple[Hit, ...]
    total: int


NOTHING = Found((), 0)
