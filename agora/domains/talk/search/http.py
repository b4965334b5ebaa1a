"""REST: Discord's guild search, and Agora's own over everything one may read."""

from __future__ import annotations

from html import escape
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from agora.domains.talk.messages import Has
from agora.domains.talk.search.match import MAX_ID, Match
from agora.domains.talk.search.queries import MARK_CLOSE, MARK_OPEN
from agora.domains.talk.search.service import Page, readable_channels, search
from agora.domains.talk.search.typed import build_match
from agora.domains.talk.search.words import build_expression
from agora.kernel.access import SIGNED_IN, needs
from agora.kernel.errors import invalid
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.ids import parse
from agora.protocol.payloads import Message
from agora.protocol.permissions import Permission

_BUCKET = Bucket("search", 10, 5.0)
_HAS = {"link": Has.LINK, "embed": Has.EMBED, "file": Has.FILE}
# Kinds that Discord knows and no message of Agora can have yet: nothing has them, everything lacks them.
_NEVER = frozenset({"image", "video", "sound", "sticker", "poll", "snapshot"})


class GuildSearch(msgspec.Struct, frozen=True):
    """Discord's parameters with one value; those that may be repeated are read from the address itself."""

    content: Annotated[str, Meta(max_length=1024)] = ""
    sort_by: Literal["timestamp", "relevance"] = "timestamp"
    sort_order: Literal["asc", "desc"] = "desc"
    min_id: str | None = None
    max_id: str | None = None
    mention_everyone: bool | None = None
    pinned: bool | None = None
    limit: Annotated[int, Meta(ge=1, le=25)] = 25
    offset: Annotated[int, Meta(ge=0, le=9975)] = 0


class AgoraSearch(msgspec.Struct, frozen=True):
    """``q`` may hold filters (see ``typed``); ``cursor`` is the ``next`` of the page before."""

    q: Annotated[str, Meta(max_length=1024)] = ""
    mode: str = "text"
    guild_id: str | None = None
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
    """A hit: the message, and HTML with the found words in ``<mark>``."""

    message: Message
    snippet: str


class AgoraSearchAnswer(msgspec.Struct, frozen=True):
    """A page of hits, the newest first. ``next`` is null at the end."""

    items: list[Item]
    next: str | None
    total: int


async def get_guild_search(request: Request) -> GuildSearchAnswer:
    """Discord's search of one guild."""
    channels = readable_channels(request.ctx, request.id("guild_id"))
    page = await search(request.ctx, _guild_match(request, channels), request.query.limit, request.query.offset)
    hits = [[SearchedMessage(**msgspec.structs.asdict(message))] for message in page.messages]
    return GuildSearchAnswer(hits, page.found.total)


async def get_agora_search(request: Request) -> AgoraSearchAnswer:
    """Search in everything the actor may read."""
    query: AgoraSearch = request.query
    if query.mode != "text":
        raise invalid("mode", "This server searches by text: use mode=text.")
    guild_id = None if query.guild_id is None else _snowflake("guild_id", query.guild_id)
    if not query.q.strip():
        return AgoraSearchAnswer([], None, 0)
    match = build_match(request.ctx.app, readable_channels(request.ctx, guild_id), query.q)
    if query.cursor is not None:
        match = msgspec.structs.replace(match, max_id=min(match.max_id, _snowflake("cursor", query.cursor)))
    page = await search(request.ctx, match, query.limit + 1)
    return _answer(page, query.limit)


def _answer(page: Page, limit: int) -> AgoraSearchAnswer:
    pairs = list(zip(page.found.hits, page.messages, strict=True))
    items = [Item(message, mark(hit.snippet)) for hit, message in pairs[:limit]]
    more = len(pairs) > limit
    return AgoraSearchAnswer(items, str(pairs[limit - 1][0].id) if more else None, page.found.total)


def mark(snippet: str) -> str:
    """HTML of a snippet: everything escaped, then the marks set."""
    safe = escape(snippet, quote=False).replace("\n", " ")
    return safe.replace(MARK_OPEN, "<mark>").replace(MARK_CLOSE, "</mark>")


def _guild_match(request: Request, channels: tuple[int, ...]) -> Match:
    query: GuildSearch = request.query
    wanted = _many(request, "channel_id")
    has, lacks, impossible = _has(request)
    return Match(
        channels=tuple(each for each in channels if not wanted or each in wanted),
        expression=build_expression(query.content),
        authors=_many(request, "author_id"),
        mentions=_many(request, "mentions"),
        has=has,
        lacks=lacks,
        impossible=impossible or (bool(query.content.strip()) and build_expression(query.content) is None),
        pinned=query.pinned,
        mention_everyone=query.mention_everyone,
        min_id=0 if query.min_id is None else _snowflake("min_id", query.min_id),
        max_id=MAX_ID if query.max_id is None else _snowflake("max_id", query.max_id),
        newest_first=query.sort_order == "desc",
        by_relevance=query.sort_by == "relevance",
    )


def _has(request: Request) -> tuple[int, int, bool]:
    has = lacks = 0
    impossible = False
    for value in request.http.query.getall("has", []):
        kind, negated = value.removeprefix("-"), value.startswith("-")
        if kind in _NEVER:
            impossible = impossible or not negated
        elif kind not in _HAS:
            raise invalid("has", f"Must be one of {', '.join((*_HAS, *sorted(_NEVER)))}.", "BASE_TYPE_CHOICES")
        elif negated:
            lacks |= _HAS[kind]
        else:
            has |= _HAS[kind]
    return has, lacks, impossible


def _many(request: Request, name: str) -> tuple[int, ...]:
    return tuple(_snowflake(name, value) for value in request.http.query.getall(name, []))


def _snowflake(field: str, text: str) -> int:
    value = parse(text)
    if value is None:
        raise invalid(field, f'Value "{text[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
    return value


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
