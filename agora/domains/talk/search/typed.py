"""Filters typed into the search field: ``from:ada in:general has:link during:2026-01 mentions:ben pinned:yes "exact words"``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

from agora.domains.place.accounts import Users
from agora.domains.place.permissions import Directory
from agora.domains.talk.search.asked import HAS
from agora.domains.talk.search.authors import by_type
from agora.domains.talk.search.match import MAX_ID, Match
from agora.domains.talk.search.places import build_place
from agora.domains.talk.search.tags import PINNED, of
from agora.domains.talk.search.words import build_terms
from agora.kernel.app import App
from agora.kernel.ids import first_at, parse

_FILTER = re.compile(r'(?<!\S)([\w-]+):("[^"]*"|\S+)')
_REFERENCE = re.compile(r"<[@#]!?(\d{1,19})>")
_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?")
# French words beside the English ones, for filters and for their values.
_KEYS = {
    "de": "from",
    "dans": "in",
    "contient": "has",
    "avant": "before",
    "après": "after",
    "apres": "after",
    "on": "during",
    "le": "during",
    "pendant": "during",
    "mentionne": "mentions",
    "épinglé": "pinned",
    "epingle": "pinned",
    "author_type": "type",
    "author-type": "type",
    "auteur": "type",
}
_HAS = {
    "lien": "link",
    "fichier": "file",
    "vidéo": "video",
    "son": "sound",
    "audio": "sound",
    "sondage": "poll",
    "autocollant": "sticker",
    "intégration": "embed",
    "forward": "snapshot",
    "transfert": "snapshot",
}
_TYPES = {"user": "user", "bot": "bot", "webhook": "webhook", "personne": "user", "person": "user", "agent": "bot"}
_YES = {"yes": True, "true": True, "oui": True, "no": False, "false": False, "non": False}


def build_match(app: App, channels: tuple[int, ...], text: str, *, as_you_type: bool = True) -> Match:
    """What somebody typed, as filters. A filter that names nobody or nothing finds nothing; an unknown one is a word."""
    match = build_place(app, channels)
    users: dict[str, list[int]] = {"from": [], "mentions": []}
    rest: list[str] = []
    end = 0
    for found in _FILTER.finditer(text):
        key = found[1].lower()
        narrowed = _narrow(app, match, users, _KEYS.get(key, key), found[2].strip('"'))
        if narrowed is None:
            continue
        match = narrowed
        rest.append(text[end : found.start()])
        end = found.end()
    rest.append(text[end:])
    for key, kind in (("from", "u"), ("mentions", "m")):
        if users[key]:  # several names of one filter are alternatives
            match = match.having(*of(kind, (each for each in users[key] if each)))
    words = " ".join(rest).strip()
    terms = build_terms(words, as_you_type=as_you_type)
    # only punctuation is left: it occurs nowhere in the index
    return msgspec.structs.replace(match, terms=terms, impossible=match.impossible or (bool(words) and not terms))


def _narrow(app: App, match: Match, users: dict[str, list[int]], key: str, value: str) -> Match | None:
    """One filter more; None when there is no such filter or the value is none of its values."""
    if key in users:
        users[key].append(_find_user(app, value))
        return match
    narrow = _FILTERS.get(key)
    return None if narrow is None else narrow(app, match, value)


def _find_user(app: App, value: str) -> int:
    """0 for a name that nobody has."""
    reference = _REFERENCE.fullmatch(value)
    if reference is not None:
        return int(reference[1])
    user = app.get(Users).by_name(value.removeprefix("@"))
    return user.id if user is not None else parse(value) or 0


def _has(_: App, match: Match, value: str) -> Match | None:
    kind = value.lower()
    tag = HAS.get(_HAS.get(kind, kind))
    return None if tag is None else match.having(tag)


def _pinned(_: App, match: Match, value: str) -> Match | None:
    wanted = _YES.get(value.lower())
    if wanted is None:
        return None
    return match.having(PINNED) if wanted else match.lacking(PINNED)


def _type(app: App, match: Match, value: str) -> Match | None:
    kind = _TYPES.get(value.lower())
    return None if kind is None else by_type(app, match, [kind])


def _in(app: App, match: Match, value: str) -> Match:
    reference = _REFERENCE.fullmatch(value)
    wanted = reference[1] if reference is not None else value
    directory = app.get(Directory)
    name = wanted.removeprefix("#").casefold()
    kept = []
    for channel_id in match.channels:
        channel = directory.channel(channel_id)
        if str(channel_id) == wanted or (channel is not None and (channel.name or "").casefold() == name):
            kept.append(channel_id)
    place = build_place(app, kept)
    return msgspec.structs.replace(match, channels=place.channels, guilds=place.guilds, direct=place.direct)


def _before(_: App, match: Match, value: str) -> Match | None:
    span = _span(value)
    return None if span is None else msgspec.structs.replace(match, max_id=min(match.max_id, span[0]))


def _after(_: App, match: Match, value: str) -> Match | None:
    span = _span(value)
    return None if span is None else msgspec.structs.replace(match, min_id=max(match.min_id, span[1] - 1))


def _during(_: App, match: Match, value: str) -> Match | None:
    span = _span(value)
    if span is None:
        return None
    return msgspec.structs.replace(match, min_id=max(match.min_id, span[0] - 1), max_id=min(match.max_id, span[1]))


def _span(value: str) -> tuple[int, int] | None:
    """The first id of a year, month or day in UTC, and the first one after it."""
    try:
        month = _MONTH.fullmatch(value)
        if month is None:
            start = datetime.fromisoformat(value)
            if start.tzinfo is None:
                start = start.replace(tzinfo=UTC)
            return _id_at(start), _id_at(start + timedelta(days=1))
        first = int(month[1]) * 12 + int(month[2] or 1) - 1
        last = first + (12 if month[2] is None else 1)
        start, end = (datetime(each // 12, each % 12 + 1, 1, tzinfo=UTC) for each in (first, last))
        return _id_at(start), _id_at(end)
    except (ValueError, OverflowError):
        return None


def _id_at(moment: datetime) -> int:
    return min(first_at(int(moment.timestamp() * 1000)), MAX_ID)


_FILTERS: dict[str, Callable[[App, Match, str], Match | None]] = {
    "has": _has,
    "in": _in,
    "before": _before,
    "after": _after,
    "during": _during,
    "pinned": _pinned,
    "type": _type,
}
