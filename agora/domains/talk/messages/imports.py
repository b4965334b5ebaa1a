"""Messages that were written elsewhere, long ago: they are stored and searchable at once, and nobody is notified."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import BindParameter, bindparam
from sqlalchemy.dialects import sqlite

from agora.domains.place.channels import do_touch_channel
from agora.domains.place.permissions import ChannelFacts
from agora.domains.talk.files import Attached, do_attach
from agora.domains.talk.messages.access import Place
from agora.domains.talk.messages.compose import embeds_column, rich_html
from agora.domains.talk.messages.embeds import Embed
from agora.domains.talk.messages.events import MessagesImported
from agora.domains.talk.messages.indexing import do_index
from agora.domains.talk.messages.mentions import find_mentions, to_column
from agora.domains.talk.messages.packed import NAME
from agora.domains.talk.messages.queries import list_recent
from agora.domains.talk.messages.row import Row, traits
from agora.domains.talk.messages.snapshot import Snapshot, snapshot_column
from agora.domains.talk.messages.tables import message as m
from agora.kernel.app import App
from agora.kernel.events import to_channel
from agora.kernel.packed import do_go_back
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx
from agora.protocol.message_types import MessageFlag, MessageType

_VALUES: dict[str, BindParameter[object]] = {name: bindparam(name) for name in Row._fields}
_INSERT = prepare(sqlite.insert(m).values(_VALUES).on_conflict_do_nothing())


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """What an old message carried on, as it was then; ``guild_id`` is None where that place is not known here."""

    channel_id: int
    message_id: int
    guild_id: int | None
    content: str
    at: int
    edited_ms: int | None = None
    embeds: tuple[Embed, ...] = ()


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """A message as another program kept it. ``id`` holds its time; all times are UTC milliseconds."""

    id: int
    author_id: int
    content: str
    edited_ms: int | None = None
    pinned_ms: int | None = None
    embeds: tuple[Embed, ...] = ()
    carried: Carried | None = None


class Placed(NamedTuple):
    """A row that is ready to be stored, with its files."""

    row: Row
    files: tuple[Attached, ...] = ()


def build_past(app: App, channel: ChannelFacts, past: Past, *, files: bool) -> Row:
    """The row of an old message; what it mentions is kept, but ``@everyone`` calls nobody any more."""
    snapshot = None if past.carried is None else _snapshot(app, channel, past.author_id, past.carried)
    content = past.content.replace("\x00", "").strip()
    return Row(
        id=past.id,
        channel_id=channel.id,
        guild_id=channel.guild_id,
        author_id=past.author_id,
        type=int(MessageType.DEFAULT),
        content=content,
        html=rich_html(app, past.author_id, Place(channel, 0), content),
        flags=0 if snapshot is None else int(MessageFlag.HAS_SNAPSHOT),
        tts=False,
        edited_ms=past.edited_ms,
        pinned_ms=past.pinned_ms,
        reply_to=None,
        nonce=None,
        mentions=to_column(find_mentions(app, channel, 0, content, None)),
        embeds=embeds_column(past.embeds),
        has=traits(content, embeds=bool(past.embeds), files=files, snapshot=snapshot is not None),
        snapshot=snapshot_column(snapshot),
    )


def _snapshot(app: App, channel: ChannelFacts, author_id: int, carried: Carried) -> Snapshot:
    content = carried.content.replace("\x00", "").strip()
    return Snapshot(
        channel_id=carried.channel_id,
        message_id=carried.message_id,
        guild_id=carried.guild_id,
        type=int(MessageType.DEFAULT),
        content=content,
        html=rich_html(app, author_id, Place(channel, 0), content),
        at=carried.at,
        edited_ms=carried.edited_ms,
        users=find_mentions(app, channel, 0, content, None).users,
        embeds=embeds_column(carried.embeds),
    )


def do_import(tx: Tx, channel_id: int, guild_id: int | None, messages: Sequence[Placed]) -> list[int]:
    """Store old messages of one channel; those whose id is taken are passed over. Returns the ids stored, in order."""
    stored = []
    for row, files in messages:
        if not tx.run(_INSERT, **row._asdict()):
            continue
        do_attach(tx, files)
        do_index(tx, row.id)
        stored.append(row.id)
    if stored:
        do_go_back(tx, NAME, min(stored) - 1)
        last_id = list_recent(tx, channel_id, 1)[0].id
        do_touch_channel(tx, channel_id, last_id)
        tx.emit(
            MessagesImported(ids=tuple(stored), channel_id=channel_id, guild_id=guild_id, last_id=last_id),
            to_channel(channel_id),
            guild_id=guild_id,
            channel_id=channel_id,
        )
    return stored
