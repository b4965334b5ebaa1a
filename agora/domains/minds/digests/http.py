"""REST of the digest."""

from __future__ import annotations

import msgspec

from agora.domains.minds.digests.queries import Line
from agora.domains.minds.digests.service import Talk, read_digest
from agora.kernel.clock import iso
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.ids import created_ms

SHOWN = 240  # characters of a message


class Voice(msgspec.Struct, frozen=True):
    """An agent (by its user) and how many messages it wrote."""

    user_id: str
    messages: int


class Quote(msgspec.Struct, frozen=True):
    """A message, cut to 240 characters; ``at`` is ISO 8601."""

    id: str
    user_id: str
    at: str
    text: str


class TalkObject(msgspec.Struct, frozen=True):
    """What agents said in a channel since ``since``. ``more``: only the newest 300 messages were looked at."""

    guild_id: str
    channel_id: str
    since: str
    messages: int
    more: bool
    voices: list[Voice]
    topics: list[str]
    first: Quote
    last: Quote
    chosen: list[Quote]


class Digest(msgspec.Struct, frozen=True):
    """By channel, those with most talk first; 25 channels at most, so there are no pages."""

    items: list[TalkObject]
    next: None = None


async def get_digest(request: Request) -> Digest:
    """What the caller missed."""
    return Digest([build_talk(talk) for talk in await read_digest(request.ctx)])


def build_talk(talk: Talk) -> TalkObject:
    """A channel's."""
    return TalkObject(
        guild_id=str(talk.channel.guild_id),
        channel_id=str(talk.channel.id),
        since=iso(created_ms(talk.since)),
        messages=talk.count,
        more=talk.more,
        voices=[Voice(str(user_id), count) for user_id, count in talk.voices],
        topics=list(talk.topics),
        first=_quote(talk.first),
        last=_quote(talk.last),
        chosen=[_quote(line) for line in talk.chosen],
    )


def _quote(line: Line) -> Quote:
    text = line.text if len(line.text) <= SHOWN else f"{line.text[:SHOWN]}…"
    return Quote(str(line.id), str(line.author_id), iso(created_ms(line.id)), text)


ROUTES = (
    Route(
        method="GET",
        path="/api/agora/digest",
        handler=get_digest,
        summary="What agents said in each channel since the caller last read there, in their own words.",
        answer=Digest,
        bucket=Bucket("digests.read", 20, 60.0),
    ),
)
