"""The only INSERT and DELETE on copies, and what is written beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select

from agora.domains.place.permissions import Directory
from agora.domains.talk.announcements.events import MessagePublished, PublicationDeleted, PublicationEdited
from agora.domains.talk.announcements.queries import has_copy, list_sources
from agora.domains.talk.announcements.tables import copy as c
from agora.domains.talk.files import Attached, Change
from agora.domains.talk.messages import (
    Notice,
    Row,
    do_edit,
    do_mark_published,
    do_post_notice,
    do_send,
    find_message,
)
from agora.domains.talk.webhooks import Webhook, do_create, find_webhook, list_of_channel
from agora.kernel.events import NOBODY
from agora.kernel.http import encode
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx
from agora.protocol.message_types import MessageFlag, MessageType
from agora.protocol.payloads import MessageReference

GONE = "[Original Message Deleted]"  # Discord's words: clients show the text as it is
_PUBLISHED = int(MessageFlag.CROSSPOSTED)
_IDS = func.json_each(bindparam("ids")).table_valued("value")
_NOTE = prepare(insert(c).values({name: bindparam(name) for name in ("id", "source_id", "source_channel_id", "webhook_id")}))
_FORGET = prepare(delete(c).where(c.c.id.in_(select(_IDS.c.value))))


class Copy(NamedTuple):
    """A copy as it is to be stored."""

    webhook_id: int
    row: Row
    wire: bytes
    files: tuple[Attached, ...]


def do_follow(tx: Tx, webhook: Webhook) -> int:
    """Store a follower and say so in its channel; gives the id of the one that is there already, and then says nothing."""
    for other in list_of_channel(tx, webhook.channel_id):
        if other.source_channel_id == webhook.source_channel_id:
            return other.id
    do_create(tx, webhook)
    reference = MessageReference(channel_id=str(webhook.source_channel_id), guild_id=str(webhook.source_guild_id))
    notice = Notice(
        type=MessageType.CHANNEL_FOLLOW_ADD,
        channel_id=webhook.channel_id,
        guild_id=webhook.guild_id,
        author_id=webhook.creator_id,
        content=webhook.name,
        origin=encode({"message_reference": reference}).decode(),
    )
    do_post_notice(tx, notice, author_is_bot=tx.ctx.actor.is_bot)
    return webhook.id


def do_publish(tx: Tx, message_id: int, channel_id: int) -> None:
    """Mark a message as published; the copies follow. Raises 10008, 40033."""
    row = do_mark_published(tx, message_id, channel_id)
    assert row.guild_id is not None
    event = MessagePublished(id=row.id, channel_id=channel_id, guild_id=row.guild_id, before=tx.new_id())
    tx.emit(event, NOBODY, guild_id=row.guild_id, channel_id=channel_id)


def do_copy(tx: Tx, source: Row, copies: Sequence[Copy]) -> None:
    """Put copies into their channels. What was deleted, who follows no more and who has it already are passed over."""
    if find_message(tx, source.id) is None:
        return
    for copy in copies:
        if find_webhook(tx, copy.webhook_id) is None or has_copy(tx, source.id, copy.webhook_id):
            continue
        tx.run(_NOTE, id=copy.row.id, source_id=source.id, source_channel_id=source.channel_id, webhook_id=copy.webhook_id)
        do_send(tx, copy.row, copy.wire, True, copy.files)


def do_change_copies(tx: Tx, changes: Sequence[tuple[Row, Change | None]]) -> None:
    """Let copies say what their source says now."""
    for row, change in changes:
        if find_message(tx, row.id, row.channel_id) is not None:
            do_edit(tx, row, change)


def do_take_back(tx: Tx, copies: Sequence[int]) -> None:
    """The source is gone: its copies say only that, and are kept track of no more."""
    for copy_id in copies:
        row = find_message(tx, copy_id)
        if row is None:
            continue
        flags = row.flags & ~int(MessageFlag.IS_COMPONENTS_V2) | int(MessageFlag.SOURCE_MESSAGE_DELETED)
        gone = row._replace(content=GONE, html=None, embeds=None, components=None, has=0, flags=flags)
        do_edit(tx, gone, Change(kept=(), new=()))
    do_forget_copies(tx, copies)


def do_forget_copies(tx: Tx, copies: Sequence[int]) -> None:
    """These are no copies any more."""
    tx.run(_FORGET, ids=msgspec.json.encode(copies).decode())


def do_forget_source(tx: Tx, source_id: int) -> None:
    """Nothing is left to bring up to date."""
    tx.execute(delete(c).where(c.c.source_id == source_id))


def do_end_follower(tx: Tx, webhook_id: int) -> None:
    """Nothing comes through this webhook any more, and what came stays as it is."""
    tx.execute(delete(c).where(c.c.webhook_id == webhook_id))


def do_edited(tx: Tx, row: Row) -> None:
    """A message was edited: of a published one there are copies."""
    if row.flags & _PUBLISHED:
        tx.emit(PublicationEdited(id=row.id), NOBODY, guild_id=row.guild_id, channel_id=row.channel_id)


def do_forget(tx: Tx, message_ids: Sequence[int]) -> None:
    """Messages are gone: copies that were among them are forgotten, copies of them are to be taken back.

    What went with its whole channel is not: following ended with it, and what came stays.
    """
    do_forget_copies(tx, message_ids)
    for source_id, channel_id in list_sources(tx, message_ids):
        if tx.app.get(Directory).channel(channel_id) is not None:
            tx.emit(PublicationDeleted(id=source_id), NOBODY, channel_id=channel_id)
