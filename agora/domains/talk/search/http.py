"""REST: Discord's guild search, and Agora's own over everything one may read."""

from __future__ import annotations

from html import escape
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from agora.domains.talk.search.asked import GuildSearch, build_asked, snowflake
from agora.domains.talk.search.match import Match
from agora.domains.talk.search.places import readable_channels
from agora.domains.talk.search.queries import MARK_CLOSE, MARK_OPEN
from agora.domains.talk.search.service import DEPTH, Page, search, search_by_meaning
from agora.domains.talk.search.typed import build_match
from agora.kernel.access import SIGNED_IN, needs
from agora.kernel.http import Bucket, Request, Route
from agora.protocol.payloads import Message
from agora.protocol.permissions import Permission

_BUCKET = Bucket("search", 10, 5.0)


class AgoraSearch(msgspec.Struct, frozen=True):
    """``q`` may hold filters (see ``typed``); ``cursor`` is the ``next`` of the page before.

    ``channel_id`` may be a thread.
    """

    q: Annotated[str, Meta(max_length=1024)] = ""
    mode: Literal["text", "semantic", "hybrid"] = "text"
    guild_id: str | None = None
    channel_id: str | None = None
    cursor: str | None = None
    limit: Annotated[int, Meta(ge=1, le=50)] = 25


class SearchedMessage(Message, frozen=True, kw_only=True):
    """A message in Discord's search answer."""

    hit: bool = True


class GuildSearchAnswer(msgspec.Struct, frozen=True):
    """Discord's answer: each hit in a list of its own."""

    messages: list[list[SearchedMessage]]
    total_results: int
    doing_deep_historical_index: bool = False


class Item(msgspec.Struct, frozen=True):
    """A hit: the message, and HTML with the found words in ``<mark>``. ``score`` is null where the newest comes first."""

    message: Message
    snippet: str
    score: float | None = None


class AgoraSearchAnswer(msgspec.Struct, frozen=True):
    """A page of hits: the newest first, or the best by meaning. ``next`` is null at the end.

    ``total`` counts the hits of all pages, and stops some 250 after this one. ``behind``: messages whose meaning is not known yet.
    """

    items: list[Item]
    next: str | None
    total: int
    behind: int = 0


async def get_guild_search(request: Request) -> GuildSearchAnswer:
    """Discord's search of one guild."""
    page = await search(request.ctx, build_asked(request), request.query.limit, request.query.offset)
    hits = [[SearchedMessage(**msgspec.structs.asdict(message))] for message in page.messages]
    return GuildSearchAnswer(hits, page.found.total)


async def get_agora_search(request: Request) -> AgoraSearchAnswer:
    """Search in everything the actor may read."""
    query: AgoraSearch = request.query
    guild_id = None if query.guild_id is None else snowflake("guild_id", query.guild_id)
    channels = readable_channels(request.ctx, guild_id)
    if query.channel_id is not None:
        wanted = snowflake("channel_id", query.channel_id)
        channels = tuple(each for each in channels if each == wanted)
    if not query.q.strip():
        return AgoraSearchAnswer([], None, 0)
    match = build_match(request.ctx.app, channels, query.q, as_you_type=query.mode == "text")
    cursor = None if query.cursor is None else snowflake("cursor", query.cursor)
    if query.mode == "text":
        return await _newest_first(request, match, cursor)
    return await _best_first(request, match, query.mode, cursor or 0)


async def _newest_first(request: Request, match: Match, before: int | None) -> AgoraSearchAnswer:
    limit = request.query.limit
    if before is not None:
        match = msgspec.structs.replace(match, max_id=min(match.max_id, before))
    page = await search(request.ctx, match, limit + 1)
    items = _items(page)
    return AgoraSearchAnswer(items[:limit], items[limit - 1].message.id if len(items) > limit else None, page.found.total)


async def _best_first(request: Request, match: Match, mode: Literal["semantic", "hybrid"], offset: int) -> AgoraSearchAnswer:
    limit = request.query.limit
    page = await search_by_meaning(request.ctx, match, mode, limit, min(offset, DEPTH * 2))
    end = offset + limit
    return AgoraSearchAnswer(_items(page), str(end) if page.found.total > end else None, page.found.total, page.behind)


def _items(page: Page) -> list[Item]:
    return [Item(message, mark(hit.snippet), hit.score) for hit, message in zip(page.found.hits, page.messages, strict=True)]


def mark(snippet: str) -> str:
    """HTML of a snippet: everything escaped, then the marks set."""
    safe = escape(snippet, quote=False).replace("\n", " ")
    return safe.replace(MARK_OPEN, "<mark>").replace(MARK_CLOSE, "</mark>")


ROUTES = (
    Route(
        method="GET",
        path="/api/v10/guilds/{guild_id}/messages/search",
        handler=get_guild_search,
        summary="Search the messages of a guild.",
        access=needs(int(Permission.VIEW_CHANNEL)),
        query=GuildSearch,
        answer=GuildSearchAnswer,
        bucket=_BUCKET,
    ),
    Route(
        method="GET",
        path="/api/agora/search",
        handler=get_agora_search,
        summary="Search all messages one may read.",
        access=SIGNED_IN,
        query=AgoraSearch,
        answer=AgoraSearchAnswer,
        bucket=_BUCKET,
    ),
)
