"""Filters typed into the search field: ``from:ada in:general has:link before:2026-01-31 mentions:ben "exact words"``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec

from agora.domains.place.accounts import Users
from agora.domains.place.permissions import Directory
from agora.domains.talk.messages import Has
from agora.domains.talk.search.match import MAX_ID, Match
from agora.domains.talk.search.words import build_expression
from agora.kernel.app import App
from agora.kernel.ids import first_at, parse

_FILTER = re.compile(r'(?<!\S)(\w+):("[^"]*"|\S+)')
_REFERENCE = re.compile(r"<[@#]!?(\d{1,19})>")
HAS = {"link": Has.LINK, "embed": Has.EMBED, "file": Has.FILE, "lien": Has.LINK, "fichier": Has.FILE}
# English and French words for the same filter.
KEYS = {
    "from": "from",
    "de": "from",
    "in": "in",
    "dans": "in",
    "has": "has",
    "contient": "has",
    "before": "before",
    "avant": "before",
    "after": "after",
    "après": "after",
    "apres": "after",
    "on": "on",
    "le": "on",
    "mentions": "mentions",
    "mentionne": "mentions",
}


def build_match(app: App, channels: tuple[int, ...], text: str) -> Match:
    """What somebody typed, as filters. A filter that names nobody or nothing finds nothing; an unknown one is a word."""
    match = Match(channels=channels)
    rest: list[str] = []
    end = 0
    for found in _FILTER.finditer(text):
        key = KEYS.get(found[1].lower())
        narrowed = _narrow(app, match, key, found[2].strip('"')) if key is not None else None
        if narrowed is None:
            continue
        match = narrowed
        rest.append(text[end : found.start()])
        end = found.end()
    rest.append(text[end:])
    words = " ".join(rest).strip()
    expression = build_expression(words, as_you_type=True)
    # only punctuation is left: it occurs nowhere in the index
    return msgspec.structs.replace(match, expression=expression, impossible=bool(words) and expression is None)


def _narrow(app: App, match: Match, key: str, value: str) -> Match | None:
    """One filter more; None when the value is no value of this filter."""
    if key in ("before", "after", "on"):
        return _at(match, key, value)
    if key == "has":
        bit = HAS.get(value.lower())
        return None if bit is None else msgspec.structs.replace(match, has=match.has | bit)
    if key == "in":
        wanted = _channels(app, match.channels, value)
        return msgspec.structs.replace(match, channels=wanted)
    user_id = _user(app, value)
    known = None if user_id is None else (user_id,)
    if key == "from":
        return msgspec.structs.replace(match, authors=_added(match.authors, known))
    return msgspec.structs.replace(match, mentions=_added(match.mentions, known))


def _added(ids: tuple[int, ...] | None, more: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return None if ids is None or more is None else ids + more


def _user(app: App, value: str) -> int | None:
    reference = _REFERENCE.fullmatch(value)
    if reference is not None:
        return int(reference[1])
    user = app.get(Users).by_name(value.removeprefix("@"))
    return user.id if user is not None else parse(value)


def _channels(app: App, visible: tuple[int, ...], value: str) -> tuple[int, ...]:
    reference = _REFERENCE.fullmatch(value)
    if reference is not None:
        return tuple(each for each in visible if each == int(reference[1]))
    directory = app.get(Directory)
    name = value.removeprefix("#").casefold()
    found = []
    for channel_id in visible:
        channel = directory.channel(channel_id)
        if channel is not None and (str(channel_id) == value or (channel.name or "").casefold() == name):
            found.append(channel_id)
    return tuple(found)


def _at(match: Match, key: str, value: str) -> Match | None:
    """Days are UTC days."""
    try:
        day = datetime.fromisoformat(value)
        if day.tzinfo is None:
            day = day.replace(tzinfo=UTC)
        start, end = _id_at(day), _id_at(day + timedelta(days=1))
    except (ValueError, OverflowError):
        return None
    lower, upper = match.min_id, match.max_id
    if key == "before":
        upper = min(upper, start)
    elif key == "after":
        lower = max(lower, end - 1)
    else:
        lower, upper = max(lower, start - 1), min(upper, end)
    return msgspec.structs.replace(match, min_id=lower, max_id=upper)


def _id_at(moment: datetime) -> int:
    return min(first_at(int(moment.timestamp() * 1000)), MAX_ID)
