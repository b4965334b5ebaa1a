"""The only SELECTs on messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import BindParameter, bindparam, func, select

from agora.domains.talk.files import Attached, list_files
from agora.domains.talk.messages.hooks import ReactionsOf, VotesOf
from agora.domains.talk.messages.packed import find_row, list_rows
from agora.domains.talk.messages.row import Has, Row
from agora.domains.talk.messages.tables import message as m
from agora.domains.talk.messages.wire import build_message
from agora.kernel.ids import first_at
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx
from agora.protocol.message_types import MessageType
from agora.protocol.payloads import Message, Reaction

MAX_ID = (1 << 63) - 1
_CHANNEL: BindParameter[int] = bindparam("channel_id")
_LIMIT: BindParameter[int] = bindparam("limit")

BY_ID = prepare(select(m).where(m.c.id == bindparam("id")))
BY_NONCE = prepare(
    select(m).where(m.c.channel_id == _CHANNEL, m.c.author_id == bindparam("author_id"), m.c.nonce == bindparam("nonce"))
)
BEFORE = prepare(select(m).where(m.c.channel_id == _CHANNEL, m.c.id < bindparam("before")).order_by(m.c.id.desc()).limit(_LIMIT))
AFTER = prepare(select(m).where(m.c.channel_id == _CHANNEL, m.c.id > bindparam("after")).order_by(m.c.id).limit(_LIMIT))
PINNED = prepare(
    select(m)
    .where(m.c.channel_id == _CHANNEL, m.c.pinned_ms.is_not(None), m.c.pinned_ms < bindparam("before_ms"))
    .order_by(m.c.pinned_ms.desc())
    .limit(_LIMIT)
)
LAST_PIN = prepare(select(func.max(m.c.pinned_ms)).where(m.c.channel_id == _CHANNEL, m.c.pinned_ms.is_not(None)))
PINS = prepare(select(func.count()).select_from(m).where(m.c.channel_id == _CHANNEL, m.c.pinned_ms.is_not(None)))
OF_AUTHOR = prepare(
    select(m.c.id)
    .where(
        m.c.channel_id == _CHANNEL,
        m.c.id >= bindparam("first"),
        m.c.author_id == bindparam("author_id"),
        m.c.type != bindparam("starter"),
    )
    .limit(100)
)
WRITERS = prepare(select(m.c.author_id).where(m.c.id >= bindparam("first"), m.c.guild_id == bindparam("guild_id")).distinct())
CHANNELS_OF = prepare(select(m.c.channel_id).where(m.c.guild_id == bindparam("guild_id")).distinct())
_IDS = func.json_each(bindparam("ids")).table_valued("value")
BY_IDS = prepare(select(m).where(m.c.id.in_(select(_IDS.c.value))))


def find_message(tx: Tx, message_id: int, channel_id: int | None = None) -> Row | None:
    """One message; None also when it is not in the named channel."""
    row = find_row(tx, BY_ID, id=message_id)
    if row is None or (channel_id is not None and row.channel_id != channel_id):
        return None
    return row


def find_by_nonce(tx: Tx, channel_id: int, author_id: int, nonce: str) -> Row | None:
    """The message that was sent with this nonce."""
    return find_row(tx, BY_NONCE, channel_id=channel_id, author_id=author_id, nonce=nonce)


def list_recent(tx: Tx, channel_id: int, limit: int, before: int | None = None) -> list[Row]:
    """The newest messages of a channel, newest first."""
    return list_rows(tx, BEFORE, channel_id=channel_id, before=before or MAX_ID, limit=limit)


def list_after(tx: Tx, channel_id: int, after: int, limit: int) -> list[Row]:
    """The first messages after an id, newest first as Discord answers."""
    return list_rows(tx, AFTER, channel_id=channel_id, after=after, limit=limit)[::-1]


def list_around(tx: Tx, channel_id: int, around: int, limit: int) -> list[Row]:
    """Messages on both sides of an id, it included, newest first; what one side lacks the other does not fill."""
    older = list_recent(tx, channel_id, limit // 2 + 1, around + 1)
    return list_after(tx, channel_id, around, limit - 1 - limit // 2) + older[:limit]


def list_by_ids(tx: Tx, ids: Sequence[int]) -> dict[int, Row]:
    """The messages that exist, by id."""
    if not ids:
        return {}
    return {row.id: row for row in list_rows(tx, BY_IDS, ids=msgspec.json.encode(ids).decode())}


def list_pinned(tx: Tx, channel_id: int, limit: int, before_ms: int = MAX_ID) -> list[Row]:
    """Pinned messages, the newest pin first."""
    return list_rows(tx, PINNED, channel_id=channel_id, before_ms=before_ms, limit=limit)


def count_pinned(tx: Tx, channel_id: int) -> int:
    """How many messages are pinned."""
    row = tx.row(PINS, channel_id=channel_id)
    return 0 if row is None else int(row[0])


def find_last_pin(tx: Tx, channel_id: int) -> int | None:
    """When the newest pin was set."""
    row = tx.row(LAST_PIN, channel_id=channel_id)
    return None if row is None else row[0]


def list_ids_of(tx: Tx, channel_id: int, author_id: int, first: int) -> list[int]:
    """The ids of one author's messages in a channel from an id on, a hundred at most; notices of the system are left out."""
    found = tx.rows(
        OF_AUTHOR, channel_id=channel_id, author_id=author_id, first=first, starter=int(MessageType.THREAD_STARTER_MESSAGE)
    )
    return [row.id for row in found]


def list_writers(tx: Tx, guild_id: int, since_ms: int) -> frozenset[int]:
    """Who wrote anything in a guild since then."""
    return frozenset(row.author_id for row in tx.rows(WRITERS, guild_id=guild_id, first=first_at(since_ms)))


def list_channels_of(tx: Tx, guild_id: int) -> list[int]:
    """The channels of a guild that hold messages. Reads the whole table: for a guild that ends."""
    return [row.channel_id for row in tx.rows(CHANNELS_OF, guild_id=guild_id)]


def list_payloads(tx: Tx, rows: Sequence[Row], viewer_id: int) -> list[Message]:
    """The message objects of some rows, in their order, with reactions and the messages they reply to."""
    replied = list_by_ids(tx, list({row.reply_to for row in rows if row.reply_to is not None}))
    reactions = list_reactions(tx, viewer_id, [row.id for row in rows])
    files = list_attached(tx, [*rows, *replied.values()])
    votes = list_votes(tx, viewer_id, [row.id for row in rows if row.poll is not None])
    payloads = []
    for row in rows:
        original = replied.get(row.reply_to) if row.reply_to is not None else None
        payloads.append(
            build_message(
                tx.app,
                row,
                referenced=None if original is None else build_message(tx.app, original, files=files.get(original.id, ())),
                reactions=reactions.get(row.id, ()),
                files=files.get(row.id, ()),
                votes=votes.get(row.id),
            )
        )
    return payloads


def list_votes(tx: Tx, viewer_id: int, ids: Sequence[int]) -> dict[int, Any]:
    """The results of those messages' polls, from whoever keeps them; asks nothing when there is no poll."""
    found: dict[int, Any] = {}
    for source in tx.app.offers(VotesOf) if ids else ():
        found.update(source.list_for(tx, viewer_id, ids))
    return found


def list_attached(tx: Tx, rows: Sequence[Row]) -> dict[int, tuple[Attached, ...]]:
    """The files of those messages that have any; asks nothing when none has."""
    return list_files(tx, [row.id for row in rows if row.has & Has.FILE])


def list_reactions(tx: Tx, viewer_id: int, ids: Sequence[int]) -> dict[int, tuple[Reaction, ...]]:
    """The reactions of some messages, from whoever keeps them."""
    found: dict[int, tuple[Reaction, ...]] = {}
    for source in tx.app.offers(ReactionsOf):
        found.update(source.list_for(tx, viewer_id, ids))
    return found
