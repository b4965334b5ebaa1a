"""Discord's query parameters of a search, as filters."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from agora.domains.place.permissions import Directory
from agora.domains.talk.messages import Has
from agora.domains.talk.search.authors import TYPES, by_type
from agora.domains.talk.search.match import MAX_ID, Match, Term
from agora.domains.talk.search.places import build_place, readable_channels
from agora.domains.talk.search.tags import EVERYONE, PINNED, of
from agora.domains.talk.search.words import build_terms
from agora.kernel.app import App
from agora.kernel.errors import invalid
from agora.kernel.http import Request
from agora.kernel.ids import parse

MOST, MOST_CHANNELS = 100, 500
HAS = {
    "link": f"h{int(Has.LINK)}",
    "embed": f"h{int(Has.EMBED)}",
    "file": f"h{int(Has.FILE)}",
    "poll": f"h{int(Has.POLL)}",
    "sticker": f"h{int(Has.STICKER)}",
    "snapshot": f"h{int(Has.SNAPSHOT)}",
    "image": "kimage",
    "video": "kvideo",
    "sound": "kaudio",
}
EMBED_TYPES = ("image", "video", "gif", "sound", "article")


class GuildSearch(msgspec.Struct, frozen=True):
    """Discord's parameters with one value; those that may be repeated are read from the address itself."""

    content: Annotated[str, Meta(max_length=1024)] = ""
    slop: Annotated[int, Meta(ge=0, le=100)] | None = None
    sort_by: Literal["timestamp", "relevance"] = "timestamp"
    sort_order: Literal["asc", "desc"] = "desc"
    min_id: str | None = None
    max_id: str | None = None
    mention_everyone: bool | None = None
    pinned: bool | None = None
    include_nsfw: bool = True
    limit: Annotated[int, Meta(ge=1, le=25)] = 25
    offset: Annotated[int, Meta(ge=0, le=9975)] = 0


def build_asked(request: Request) -> Match:
    """The filters of Discord's search of one guild, over what the actor may read there. Raises 400 naming the parameter."""
    query: GuildSearch = request.query
    app = request.ctx.app
    channels = readable_channels(request.ctx, request.id("guild_id"))
    wanted = _ids(request, "channel_id", MOST_CHANNELS)
    if wanted:
        channels = tuple(each for each in channels if each in wanted)
    if not query.include_nsfw:
        channels = tuple(each for each in channels if not _is_nsfw(app, each))
    terms = build_terms(query.content)
    match = msgspec.structs.replace(
        build_place(app, channels),
        terms=terms,
        slop=query.slop,
        impossible=bool(query.content.strip()) and not terms,
        replied_users=_ids(request, "replied_to_user_id"),
        embed_providers=_texts(request, "embed_provider"),
        min_id=0 if query.min_id is None else snowflake("min_id", query.min_id),
        max_id=MAX_ID if query.max_id is None else snowflake("max_id", query.max_id),
        newest_first=query.sort_order == "desc",
        by_relevance=query.sort_by == "relevance",
    )
    return _by_files(request, _by_people(request, _by_traits(request, match)))


def _by_people(request: Request, match: Match) -> Match:
    for name, kind in (("author_id", "u"), ("mentions", "m"), ("mentions_role_id", "r"), ("replied_to_message_id", "a")):
        wanted = _ids(request, name)
        if wanted:
            match = match.having(*of(kind, wanted))
    types = _texts(request, "author_type")
    for each in types:
        _check_choice("author_type", each, TYPES)
    return by_type(request.ctx.app, match, types)


def _by_traits(request: Request, match: Match) -> Match:
    query: GuildSearch = request.query
    for each in _texts(request, "has"):
        _check_choice("has", each, HAS)
        tag = HAS[each.removeprefix("-")]
        match = match.lacking(tag) if each.startswith("-") else match.having(tag)
    for wanted, tag in ((query.pinned, PINNED), (query.mention_everyone, EVERYONE)):
        if wanted is not None:
            match = match.having(tag) if wanted else match.lacking(tag)
    return match


def _by_files(request: Request, match: Match) -> Match:
    """Hosts of links and names of files are words of the message; endings have a tag of their own."""
    endings = _texts(request, "attachment_extension")
    if endings:
        match = match.having(*(f"x{each.lower().removeprefix('.')}" for each in endings))
    for name, trait in (("link_hostname", "link"), ("attachment_filename", "file")):
        texts = _texts(request, name)
        if texts:
            match = msgspec.structs.replace(
                match, alternatives=(*match.alternatives, tuple(Term(each, exact=True) for each in texts))
            )
            match = match.having(HAS[trait])
    types = _texts(request, "embed_type")
    for each in types:
        _check_choice("embed_type", each, EMBED_TYPES)
    if types:
        kinds = tuple({"gif": "gifv", "sound": "audio"}.get(each, each) for each in types)
        match = msgspec.structs.replace(match, embed_types=kinds)
    return match.having(HAS["embed"]) if match.embed_types or match.embed_providers else match


def _is_nsfw(app: App, channel_id: int) -> bool:
    """A thread is as its channel."""
    directory = app.get(Directory)
    channel = directory.channel(channel_id)
    parent = directory.channel(channel.parent_id or 0) if channel is not None and channel.thread is not None else channel
    return parent is not None and parent.nsfw


def _ids(request: Request, name: str, most: int = MOST) -> tuple[int, ...]:
    return tuple(snowflake(name, value) for value in _texts(request, name, most))


def _texts(request: Request, name: str, most: int = MOST) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(request.http.query.getall(name, [])))
    if len(values) > most:
        raise invalid(name, f"Must be {most} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    return values


def _check_choice(name: str, value: str, choices: frozenset[str] | dict[str, str] | tuple[str, ...]) -> None:
    plain = value.removeprefix("-") if name != "embed_type" else value
    if plain not in choices:
        raise invalid(name, f"Must be one of {', '.join(sorted(choices))}.", "BASE_TYPE_CHOICES")


def snowflake(field: str, text: str) -> int:
    """An id. Raises 400."""
    value = parse(text)
    if value is None:
        raise invalid(field, f'Value "{text[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
    return value
