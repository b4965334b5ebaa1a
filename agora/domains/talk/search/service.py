"""Use cases of search."""

from __future__ import annotations

import msgspec

from agora.domains.talk.messages import list_by_ids, list_payloads
from agora.domains.talk.search.match import Found, Match
from agora.domains.talk.search.queries import find_hits
from agora.kernel.ctx import Ctx
from agora.kernel.tx import Tx
from agora.protocol.payloads import Message


class Page(msgspec.Struct, frozen=True):
    """Hits with their messages, in the same order."""

    found: Found
    messages: tuple[Message, ...]


async def search(ctx: Ctx, match: Match, limit: int, offset: int = 0) -> Page:
    """One page of matching messages. ``match`` must come from ``build_place`` with ``readable_channels``."""
    return await ctx.read(read_page, match, ctx.actor.user_id, limit, offset)


def read_page(tx: Tx, match: Match, viewer_id: int, limit: int, offset: int) -> Page:
    """Hits and their messages in one snapshot."""
    return read_messages(tx, find_hits(tx, match, limit, offset), viewer_id)


def read_messages(tx: Tx, found: Found, viewer_id: int) -> Page:
    """The messages of some hits."""
    rows = list_by_ids(tx, [hit.id for hit in found.hits])
    hits = tuple(hit for hit in found.hits if hit.id in rows)
    return Page(Found(hits, found.total), tuple(list_payloads(tx, [rows[hit.id] for hit in hits], viewer_id)))
