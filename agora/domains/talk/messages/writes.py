"""The only INSERT, UPDATE and DELETE on messages; the full-text index moves in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import BindParameter, bindparam, delete, select, update
from sqlalchemy.dialects import sqlite

from agora.domains.place.channels import do_touch_channel
from agora.domains.talk.files import Attached, Change, build_attached, do_attach, do_change, do_release
from agora.domains.talk.messages.draft import Sent
from agora.domains.talk.messages.events import (
    MessageDeleted,
    MessageEdited,
    MessagesBulkDeleted,
    MessageSent,
    PinsChanged,
)
from agora.domains.talk.messages.hooks import ChannelStep, EditStep, Forget
from agora.domains.talk.messages.indexing import do_forget_text, do_index, do_unindex
from agora.domains.talk.messages.mentions import from_column
from agora.domains.talk.messages.packed import do_unpack
from agora.domains.talk.messages.queries import (
    count_pinned,
    find_by_nonce,
    find_last_pin,
    find_message,
    list_by_ids,
    list_payloads,
)
from agora.domains.talk.messages.row import Has, Row
from agora.domains.talk.messages.tables import message as m
from agora.kernel.errors import BadRequest, NotFound
from agora.kernel.events import to_channel
from agora.kernel.http import encode
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx
from agora.protocol.error_codes import ErrorCode
from agora.protocol.message_types import MessageType

MAX_PINS = 250
DELETE_CHUNK = 500

_VALUES: dict[str, BindParameter[object]] = {name: bindparam(name) for name in Row._fields}
_INSERT = prepare(sqlite.insert(m).values(_VALUES).on_conflict_do_nothing())
_UPDATE = prepare(
    update(m)
    .where(m.c.id == bindparam("message_id"))
    .values(
        {name: bindparam(name) for name in ("content", "html", "flags", "edited_ms", "mentions", "embeds", "has", "components")}
    )
)
_PIN = prepare(update(m).where(m.c.id == bindparam("message_id")).values(pinned_ms=bindparam("pinned_ms")))
_DELETE = prepare(delete(m).where(m.c.id == bindparam("id")))
_SOME_OF_CHANNEL = prepare(select(m.c.id, m.c.has).where(m.c.channel_id == bindparam("channel_id")).limit(DELETE_CHUNK))


def do_send(tx: Tx, row: Row, wire: bytes, author_is_bot: bool, files: Sequence[Attached] = ()) -> Sent:
    """Store a message with its files. When its nonce is known nothing is stored and the first message is returned."""
    if not tx.run(_INSERT, **row._asdict()):
        return _first_sent(tx, row)
    do_attach(tx, files)
    do_index(tx, row.id)
    do_touch_channel(tx, row.channel_id, row.id)
    for step in tx.app.offers(ChannelStep):
        step.do_sent(tx, row)
    mentions = from_column(row.mentions)
    tx.emit(
        MessageSent(
            id=row.id,
            channel_id=row.channel_id,
            guild_id=row.guild_id,
            author_id=row.author_id,
            author_is_bot=author_is_bot,
            content=row.content,
            mentions=mentions.users,
            mention_roles=mentions.roles,
            mention_everyone=mentions.everyone,
            reply_to=row.reply_to,
            nonce=row.nonce,
            at=tx.now_ms,
            type=row.type,
            wire=msgspec.Raw(wire),
        ),
        to_channel(row.channel_id),
        guild_id=row.guild_id,
        channel_id=row.channel_id,
    )
    return Sent(row.id, wire)


def _first_sent(tx: Tx, row: Row) -> Sent:
    first = find_by_nonce(tx, row.channel_id, row.author_id, row.nonce) if row.nonce is not None else None
    if first is None:
        raise BadRequest(f"The id {row.id} is taken: set the machine's clock and try again.", code=0)
    return Sent(first.id, encode(list_payloads(tx, [first], row.author_id)[0]), repeated=True)


def do_edit(tx: Tx, row: Row, change: Change | None = None) -> None:
    """Replace what a message says. ``row`` holds the new values, ``change`` what becomes of its files (None: they stay)."""
    old = _get(tx, row.id, row.channel_id)
    do_unindex(tx, old.id)
    do_unpack(tx, old)
    tx.run(
        _UPDATE,
        message_id=row.id,
        content=row.content,
        html=row.html,
        flags=row.flags,
        edited_ms=row.edited_ms,
        mentions=row.mentions,
        embeds=row.embeds,
        has=row.has,
        components=row.components,
    )
    if change is not None:
        _change_files(tx, row, change)
    do_index(tx, row.id)
    do_tell_edited(tx, row._replace(pinned_ms=old.pinned_ms))
    for step in tx.app.offers(EditStep):
        step.do_edited(tx, row)


def _change_files(tx: Tx, row: Row, change: Change) -> None:
    new = build_attached(
        tx.app,
        change.new,
        message_id=row.id,
        channel_id=row.channel_id,
        guild_id=row.guild_id,
        user_id=row.author_id,
        first=len(change.kept),
    )
    do_change(tx, row.id, change.kept, new)
    if not change.kept and not new:
        do_forget_text(tx, row.id)


def do_delete(tx: Tx, message_id: int, channel_id: int) -> None:
    """Remove one message. Raises NotFound when somebody else was faster."""
    row = _get(tx, message_id, channel_id)
    _remove(tx, [(row.id, row.has)])
    for step in tx.app.offers(ChannelStep):
        step.do_removed(tx, channel_id, [row.id])
    tx.emit(
        MessageDeleted(id=row.id, channel_id=row.channel_id, guild_id=row.guild_id, author_id=row.author_id),
        to_channel(channel_id),
        guild_id=row.guild_id,
        channel_id=channel_id,
    )


def do_bulk_delete(tx: Tx, channel_id: int, guild_id: int | None, message_ids: Sequence[int]) -> int:
    """Remove several messages of a channel; those that do not exist are passed over. Returns how many went."""
    found = list_by_ids(tx, message_ids).values()
    rows = [row for row in found if row.channel_id == channel_id and row.type != MessageType.THREAD_STARTER_MESSAGE]
    if rows:
        _remove(tx, [(row.id, row.has) for row in rows])
        for step in tx.app.offers(ChannelStep):
            step.do_removed(tx, channel_id, [row.id for row in rows])
        tx.emit(
            MessagesBulkDeleted(ids=tuple(row.id for row in rows), channel_id=channel_id, guild_id=guild_id),
            to_channel(channel_id),
            guild_id=guild_id,
            channel_id=channel_id,
        )
    return len(rows)


def do_empty_channel(tx: Tx, channel_id: int) -> bool:
    """Remove a part of what was said in a channel that is gone; false when nothing is left. Emits nothing: nobody sees it."""
    rows = tx.rows(_SOME_OF_CHANNEL, channel_id=channel_id)
    _remove(tx, [(row.id, row.has) for row in rows])
    return len(rows) == DELETE_CHUNK


def do_pin(tx: Tx, message_id: int, channel_id: int, *, pinned: bool) -> None:
    """Pin or unpin; doing it twice changes nothing. Raises 30003 when the channel has its fill."""
    row = _get(tx, message_id, channel_id)
    if (row.pinned_ms is not None) == pinned:
        return
    if pinned and count_pinned(tx, channel_id) >= MAX_PINS:
        raise BadRequest(f"Maximum number of pins reached for the channel ({MAX_PINS})", code=ErrorCode.MAX_PINS)
    pinned_ms = tx.now_ms if pinned else None
    do_unindex(tx, message_id)
    tx.run(_PIN, message_id=message_id, pinned_ms=pinned_ms)
    do_index(tx, message_id)
    do_tell_edited(tx, row._replace(pinned_ms=pinned_ms))
    tx.emit(
        PinsChanged(channel_id=channel_id, guild_id=row.guild_id, last_pin_ms=find_last_pin(tx, channel_id)),
        to_channel(channel_id),
        guild_id=row.guild_id,
        channel_id=channel_id,
    )


def _get(tx: Tx, message_id: int, channel_id: int) -> Row:
    row = find_message(tx, message_id, channel_id)
    if row is None:
        raise NotFound("Unknown Message", code=ErrorCode.UNKNOWN_MESSAGE)
    return row


def _remove(tx: Tx, messages: Sequence[tuple[int, int]]) -> None:
    for message_id, has in messages:
        do_unindex(tx, message_id)
        tx.run(_DELETE, id=message_id)
        if has & Has.FILE:
            do_forget_text(tx, message_id)
    ids = [message_id for message_id, _ in messages]
    do_release(tx, [message_id for message_id, has in messages if has & Has.FILE])
    for offer in tx.app.offers(Forget):
        offer.do_forget(tx, ids)


def do_tell_edited(tx: Tx, row: Row, **shown: Any) -> None:
    """Tell what a message says now; whose reaction or vote is the reader's own differs, and is left out.

    ``shown`` are fields of the payload that this transaction makes other than what can be read yet.
    """
    payload = list_payloads(tx, [row], 0)[0]
    wire = encode(msgspec.structs.replace(payload, reactions=msgspec.UNSET, **shown))
    tx.emit(
        MessageEdited(
            id=row.id,
            channel_id=row.channel_id,
            guild_id=row.guild_id,
            author_id=row.author_id,
            content=row.content,
            at=tx.now_ms,
            wire=msgspec.Raw(wire),
        ),
        to_channel(row.channel_id),
        guild_id=row.guild_id,
        channel_id=row.channel_id,
    )
