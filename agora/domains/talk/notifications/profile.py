"""What somebody wants everywhere: words that call them, and hours in which nothing does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert

from agora.domains.place.permissions import Directory
from agora.domains.talk.messages import MessageSent, find_message
from agora.domains.talk.notifications.calls import Kind, do_note
from agora.domains.talk.notifications.tables import profile as p
from agora.domains.talk.notifications.wishes import Level, find_wishes
from agora.kernel.ctx import Ctx
from agora.kernel.domain import Effect
from agora.kernel.events import Recorded
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

Keyword = Annotated[str, Meta(min_length=2, max_length=60, pattern=r"\S")]
Hour = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Quiet(msgspec.Struct, frozen=True):
    """From and to, in the hours of whoever reads; over midnight when ``to`` is earlier."""

    start: Hour
    end: Hour


class Profile(msgspec.Struct, frozen=True):
    """``keywords`` put messages that contain them, as whole words, into the inbox; in ``quiet`` hours nothing rings."""

    keywords: Annotated[tuple[Keyword, ...], Meta(max_length=50)] = ()
    quiet: Quiet | None = None


_DECODER = msgspec.json.Decoder(Profile)
_ONE = prepare(select(p.c.body).where(p.c.user_id == bindparam("user_id")))
_ALL = prepare(select(p.c.user_id, p.c.body))


def find_profile(tx: Tx, user_id: int) -> Profile:
    """Somebody's."""
    row = tx.row(_ONE, user_id=user_id)
    return Profile() if row is None else _DECODER.decode(row.body)


def list_keywords(tx: Tx) -> dict[int, re.Pattern[str]]:
    """What to look for, by user."""
    found = {row.user_id: _DECODER.decode(row.body).keywords for row in tx.rows(_ALL)}
    return {user_id: _pattern(words) for user_id, words in found.items() if words}


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(word.strip()) for word in words) + r")(?!\w)", re.IGNORECASE)


def do_set_profile(tx: Tx, user_id: int, profile: Profile) -> None:
    """Write it."""
    body = msgspec.json.encode(profile).decode()
    statement = insert(p).values(user_id=user_id, body=body)
    tx.execute(statement.on_conflict_do_update(index_elements=[p.c.user_id], set_={"body": body}))


async def on_messages(ctx: Ctx, batch: Sequence[Recorded]) -> Effect | None:
    """Note messages that hold somebody's words, where they may read them and want to hear of the channel."""
    wanted = await ctx.read(list_keywords)
    directory = ctx.app.get(Directory)
    hits: list[tuple[int, int, int]] = []
    for recorded in batch:
        event = recorded.event
        assert isinstance(event, MessageSent)
        for user_id, pattern in wanted.items():
            if user_id == event.author_id or not pattern.search(event.content):
                continue
            if directory.can_view(user_id, event.channel_id):
                hits.append((user_id, event.id, event.guild_id or 0))
    if not hits:
        return None

    def note(tx: Tx) -> None:
        for user_id, message_id, guild_id in hits:
            row, wishes = find_message(tx, message_id), find_wishes(tx, user_id, guild_id)
            quiet = row is None or wishes.level(row.channel_id) == Level.NOTHING or wishes.is_muted(row.channel_id, tx.now_ms)
            if row is not None and not quiet:
                do_note(tx, row, user_id, Kind.KEYWORD)

    return note
