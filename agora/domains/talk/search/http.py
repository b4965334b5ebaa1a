"""REST: Discord's guild search, and Agora's own over everything one may read."""

from __future__ import annotations

from html import escape
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from agora.domains.talk.search.asked import GuildSearch, build_asked, snowflake
from agora.domains.talk.search.places import readable_channels
from agora.domains.talk.search.queries import MARK_CLOSE, MARK_OPEN
from agora.domains.talk.search.service import Page, search
from agora.domains.talk.search.typed import build_match
from agora.kernel.access import SIGNED_IN, needs
from agora.kernel.errors import invalid
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

    ``total`` counts the hits of all pages, and stops a thousand after this one.
    """

    items: list[Item]
    next: str | None
    total: int


async def get_guild_search(request: Request) -> GuildSearchAnswer:
    """Discord's search of one guild."""
    page = await search(request.ctx, build_asked(request), request.query.limit, request.query.offset)
    hits = [[SearchedMessage(**msgspec.structs.asdict(message))] for message in page.messages]
    return GuildSearchAnswer(hits, page.found.total)


async def get_agora_search(request: Request) -> AgoraSearchAnswer:
    """Search in everything the actor may read."""
    query: AgoraSearch = request.query
    if query.mode != "text":
        raise invalid("mode", "This server searches by text: use mode=text.")
    guild_id = None if query.guild_id is None else snowflake("guild_id", query.guild_id)
    channels = readable_channels(request.ctx, guild_id)
    if query.channel_id is not None:
        wanted = snowflake("channel_id", query.channel_id)
        channels = tuple(each for each in channels if each == wanted)
    if not query.q.strip():
        return AgoraSearchAnswer([], None, 0)
    match = build_match(request.ctx.app, channels, query.q)
    if query.cursor is not None:
        match = msgspec.structs.replace(match, max_id=min(match.max_id, snowflake("cursor", query.cursor)))
    return _answer(await search(request.ctx, match, query.limit + 1), query.limit)


def _answer(page: Page, limit: int) -> AgoraSearchAnswer:
    pairs = list(zip(page.found.hits, page.messages, strict=True))
    items = [Item(message, mark(hit.snippet), hit.score) for hit, message in pairs[:limit]]
    more = len(pairs) > limit
    return AgoraSearchAnswer(items, str(pairs[limit - 1][0].id) if more else None, page.found.total)


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
