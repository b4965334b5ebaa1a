"""Forwards: what a message said at that moment, kept with the message that carries it on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.talk.messages.markdown import plain
from agora.domains.talk.messages.row import Row
from agora.kernel.clock import iso
from agora.protocol.message_types import ReferenceType
from agora.protocol.payloads import Attachment, MessageReference, MessageSnapshot, SnapshotMessage, StickerItem


class Source(msgspec.Struct, frozen=True):
    """The message that somebody wants to forward."""

    channel_id: int
    message_id: int


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A message as it was; times are UTC milliseconds, ``embeds`` and ``stickers`` JSON as it goes out.

    Its files belong to who forwarded it.
    """

    channel_id: int
    message_id: int
    guild_id: int | None = None
    type: int
    content: str = ""
    html: str | None = None
    at: int
    edited_ms: int | None = None
    flags: int = 0
    users: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    embeds: str | None = None
    stickers: str | None = None


_DECODER = msgspec.json.Decoder(Snapshot)
_ITEMS = msgspec.json.Decoder(tuple[StickerItem, ...])


def read_snapshot(column: str) -> Snapshot:
    """The stored one."""
    return _DECODER.decode(column)


def snapshot_column(snapshot: Snapshot | None) -> str | None:
    """JSON for the table; null for none."""
    return None if snapshot is None else msgspec.json.encode(snapshot).decode()


def build_items(column: str | None) -> tuple[StickerItem, ...] | UnsetType:
    """The stored stickers of a message, or of one that is carried on."""
    return UNSET if column is None else _ITEMS.decode(column)


def build_reference(snapshot: Snapshot) -> MessageReference:
    """Where it was said."""
    return MessageReference(
        type=int(ReferenceType.FORWARD),
        channel_id=str(snapshot.channel_id),
        message_id=str(snapshot.message_id),
        guild_id=UNSET if snapshot.guild_id is None else str(snapshot.guild_id),
    )


def build_snapshot(
    snapshot: Snapshot, users: Sequence[Any], attachments: tuple[Attachment, ...], embeds: tuple[Any, ...]
) -> MessageSnapshot:
    """The snapshot as Discord writes it, with ``content_html`` as in messages."""
    html = plain(snapshot.content) if snapshot.html is None and snapshot.content else snapshot.html or ""
    return MessageSnapshot(
        message=SnapshotMessage(
            type=snapshot.type,
            content=snapshot.content,
            content_html=html,
            mentions=tuple(users),
            mention_roles=tuple(map(str, snapshot.roles)),
            attachments=attachments,
            embeds=embeds,
            timestamp=iso(snapshot.at),
            edited_timestamp=None if snapshot.edited_ms is None else iso(snapshot.edited_ms),
            flags=snapshot.flags,
            sticker_items=build_items(snapshot.stickers),
        )
    )


def words_of(row: Row) -> str:
    """What a message says in words: its own, or those it carries on."""
    return row.content if row.snapshot is None else read_snapshot(row.snapshot).content
