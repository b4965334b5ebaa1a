"""Messages that call somebody: by name, role or everyone, by writing to them directly, or by a keyword of theirs."""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence

from sqlalchemy import BindParameter, bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from agora.domains.place.permissions import ChannelFacts, Directory
from agora.domains.talk.messages import Row, mentions_of
from agora.domains.talk.notifications.tables import call as c
from agora.domains.talk.notifications.tables import read as r
from agora.domains.talk.notifications.wishes import Level, Wishes, find_wishes, list_wishes_about
from agora.kernel.ids import first_at
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx
from agora.protocol.message_types import GROUP_NOTICES, MessageType

KEPT_MS = 90 * 86_400_000
_QUIET_TYPES = {
    MessageType.CHANNEL_FOLLOW_ADD,
    MessageType.THREAD_CREATED,
    MessageType.THREAD_STARTER_MESSAGE,
    MessageType.POLL_RESULT,
    *GROUP_NOTICES,
}
_USER: BindParameter[int] = bindparam("user_id")


class Kind(enum.IntEnum):
    """How a message calls; the first that fits counts."""

    NAME = 1
    ROLE = 2
    EVERYONE = 3
    DIRECT = 4
    KEYWORD = 5


_COUNTS = prepare(
    select(c.c.channel_id, func.count().label("calls"))
    .select_from(c.outerjoin(r, (r.c.user_id == c.c.user_id) & (r.c.channel_id == c.c.channel_id)))
    .where(c.c.user_id == _USER, c.c.kind != bindparam("keyword"), c.c.message_id > func.coalesce(r.c.last_read_id, 0))
    .group_by(c.c.channel_id)
)
_LEFT = prepare(
    select(func.count().label("calls")).where(
        c.c.user_id == _USER,
        c.c.channel_id == bindparam("channel_id"),
        c.c.kind != bindparam("keyword"),
        c.c.message_id > bindparam("after"),
    )
)
_PAGE = prepare(
    select(c.c.message_id, c.c.channel_id, c.c.kind)
    .where(c.c.user_id == _USER, c.c.message_id < bindparam("before"), c.c.kind != bindparam("direct"))
    .order_by(c.c.message_id.desc())
    .limit(bindparam("limit"))
)
_NAMES = ("user_id", "message_id", "channel_id", "guild_id", "kind")
_NOTE = prepare(insert(c).values({name: bindparam(name) for name in _NAMES}).on_conflict_do_nothing())
_DROP = prepare(delete(c).where(c.c.user_id == _USER, c.c.message_id == bindparam("message_id")))


def do_sent(tx: Tx, row: Row) -> None:
    """Note whom a new message calls. Most call nobody, and cost nothing here."""
    if row.type in _QUIET_TYPES or (row.mentions is None and row.guild_id is not None):
        return
    channel = tx.app.get(Directory).channel(row.channel_id)
    if channel is None:
        return
    for user_id, kind in _find_called(tx, channel, row).items():
        do_note(tx, row, user_id, kind)


def do_note(tx: Tx, row: Row, user_id: int, kind: Kind) -> None:
    """Note one call; a message calls each person once."""
    tx.run(_NOTE, user_id=user_id, message_id=row.id, channel_id=row.channel_id, guild_id=row.guild_id, kind=int(kind))


def _find_called(tx: Tx, channel: ChannelFacts, row: Row) -> dict[int, Kind]:
    directory = tx.app.get(Directory)
    if channel.guild_id is None:
        called = dict.fromkeys(channel.recipients, Kind.DIRECT)
        called |= {user_id: Kind.NAME for user_id in mentions_of(row).users if user_id in called}
        called.pop(row.author_id, None)
        return {user_id: kind for user_id, kind in called.items() if not _refuses(find_wishes(tx, user_id, 0), row, kind)}
    mentions, viewers = mentions_of(row), directory.viewers(channel.id)
    called = dict.fromkeys(viewers, Kind.EVERYONE) if mentions.everyone else {}
    if mentions.roles:
        called |= dict.fromkeys(_with_roles(directory, channel.guild_id, mentions.roles) & viewers, Kind.ROLE)
    called |= dict.fromkeys(viewers.intersection(mentions.users), Kind.NAME)
    called.pop(row.author_id, None)
    wishes = list_wishes_about(tx, channel.guild_id) if called else {}
    return {each: kind for each, kind in called.items() if not _refuses(wishes.get(each), row, kind)}


def _with_roles(directory: Directory, guild_id: int, roles: Collection[int]) -> frozenset[int]:
    # a copy: the event loop may take a new member in meanwhile
    members = list(directory.member_facts(guild_id).values())
    return frozenset(each.user_id for each in members if not set(roles).isdisjoint(each.roles))


def _refuses(wishes: Wishes | None, row: Row, kind: Kind) -> bool:
    """Whether somebody does not want to be called so."""
    if wishes is None:
        return False
    if wishes.level(row.channel_id) == Level.NOTHING:
        return True
    return (kind is Kind.EVERYONE and wishes.suppress_everyone) or (kind is Kind.ROLE and wishes.suppress_roles)


def do_removed(tx: Tx, channel_id: int, message_ids: Sequence[int]) -> None:
    """Calls go with their messages, by ``do_forget``."""


def do_moved(tx: Tx, message_ids: Sequence[int], channel_id: int) -> None:
    """Messages went to another channel: they call from there."""
    tx.execute(update(c).where(c.c.message_id.in_(message_ids)).values(channel_id=channel_id))


def do_forget(tx: Tx, message_ids: Sequence[int]) -> None:
    """Messages are gone, and with them their calls."""
    tx.execute(delete(c).where(c.c.message_id.in_(message_ids)))


def do_drop(tx: Tx, user_id: int, message_id: int) -> None:
    """Somebody has done with a call."""
    tx.run(_DROP, user_id=user_id, message_id=message_id)


def do_prune(tx: Tx, now_ms: int) -> None:
    """Forget old calls."""
    tx.execute(delete(c).where(c.c.message_id < first_at(now_ms - KEPT_MS)))


def count_calls(tx: Tx, user_id: int) -> dict[int, int]:
    """Calls after what somebody has read, by channel."""
    return {row.channel_id: row.calls for row in tx.rows(_COUNTS, user_id=user_id, keyword=int(Kind.KEYWORD))}


def count_left(tx: Tx, user_id: int, channel_id: int, after: int) -> int:
    """Calls in a channel after a message."""
    row = tx.row(_LEFT, user_id=user_id, channel_id=channel_id, after=after, keyword=int(Kind.KEYWORD))
    return 0 if row is None else int(row.calls)


def list_calls(tx: Tx, user_id: int, before: int, limit: int) -> list[tuple[int, int, Kind]]:
    """Messages that called somebody, newest first, with their channels; direct messages have their own list."""
    rows = tx.rows(_PAGE, user_id=user_id, before=before, limit=limit, direct=int(Kind.DIRECT))
    return [(row.message_id, row.channel_id, Kind(row.kind)) for row in rows]
