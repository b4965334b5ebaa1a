"""Use cases of search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from agora.domains.talk.messages import list_by_ids, list_payloads
from agora.domains.talk.search.match import NOTHING, Found, Hit, Match
from agora.domains.talk.search.meaning import Meaning
from agora.domains.talk.search.queries import build_expression, find_hits, list_newest, list_snippets, rank_hits
from agora.domains.talk.search.rank import fuse
from agora.inference.vectors import Neighbour
from agora.kernel.ctx import Ctx
from agora.kernel.tx import Tx
from agora.protocol.payloads import Message

DEPTH = 100
"""The best so many by words and by meaning are put in order; there are no more pages."""
NARROWED = 20_000
"""With filters beside the channel, the newest so many messages that pass them are compared in meaning."""
LEAST_SIMILARITY = 0.2
"""The model gives unrelated sentences a cosine around 0.1: what is below has nothing to do with the question."""


class Page(msgspec.Struct, frozen=True):
    """Hits with their messages, in the same order. ``behind``: messages whose meaning is not known yet."""

    found: Found
    messages: tuple[Message, ...]
    behind: int = 0


EMPTY = Page(NOTHING, ())


async def search(ctx: Ctx, match: Match, limit: int, offset: int = 0) -> Page:
    """One page of matching messages. ``match`` must come from ``build_place`` with ``readable_channels``."""
    return await ctx.read(read_page, match, ctx.actor.user_id, limit, offset)


def read_page(tx: Tx, match: Match, viewer_id: int, limit: int, offset: int) -> Page:
    """Hits and their messages in one snapshot."""
    found = find_hits(tx, match, limit, offset)
    rows = list_by_ids(tx, [hit.id for hit in found.hits])
    hits = tuple(hit for hit in found.hits if hit.id in rows)
    return Page(Found(hits, found.total), tuple(list_payloads(tx, [rows[hit.id] for hit in hits], viewer_id)))


async def search_by_meaning(ctx: Ctx, match: Match, mode: Literal["semantic", "hybrid"], limit: int, offset: int = 0) -> Page:
    """The messages nearest in meaning to the words that were typed; ``hybrid`` counts those with the words in as well.

    Filters hold as ever. Without words there is no meaning to compare with: then it is a plain search.
    Raises 400 and 503 (see ``Meaning.wake``).
    """
    if not match.terms:
        return await search(ctx, match, limit, offset)
    meaning = ctx.app.get(Meaning)
    vector = await meaning.embed(" ".join(term.text for term in match.terms))
    if match.hopeless:
        return EMPTY
    behind = meaning.behind  # before looking: what is made meanwhile may not be found
    filters = msgspec.structs.replace(match, terms=(), slop=None)
    among = None if filters.is_open else set(await ctx.read(_list_ids, filters))
    near = await meaning.find(vector, DEPTH, among, match.channels)
    near = [each for each in near if each.similarity >= LEAST_SIMILARITY]
    page = await ctx.read(read_ranked, match, near, mode == "hybrid", ctx.actor.user_id, limit, offset)
    return msgspec.structs.replace(page, behind=behind)


def _list_ids(tx: Tx, match: Match) -> list[int]:
    return [message_id for message_id, _ in list_newest(tx, match, NARROWED)]


def read_ranked(tx: Tx, match: Match, near: Sequence[Neighbour], with_words: bool, viewer_id: int, limit: int, offset: int) -> Page:
    """The page of a ranking, in one snapshot. Who may read is asked of the rows once more: the vectors are a little behind them."""
    if with_words:
        words = rank_hits(tx, match, build_expression(tx, match))[:DEPTH]
        scores = fuse((words, [each.key for each in near]))
    else:
        scores = {each.key: each.similarity for each in near}
    rows = list_by_ids(tx, list(scores))
    channels = set(match.channels)
    ranked = [each for each in scores if each in rows and rows[each].channel_id in channels]
    shown = ranked[offset : offset + limit]
    snippets = list_snippets(tx, match, shown)
    hits = tuple(Hit(each, snippets.get(each, ""), round(scores[each], 4)) for each in shown)
    return Page(Found(hits, len(ranked)), tuple(list_payloads(tx, [rows[each] for each in shown], viewer_id)))
