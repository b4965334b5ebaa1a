"""Reading channels: everything at start, single ones inside writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import bindparam, func, select

from agora.domains.place.channels import tables as t
from agora.domains.place.permissions import ChannelFacts, Directory, Overwrite, ThreadDefaults
from agora.kernel.errors import NotFound
from agora.kernel.sql import prepare
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

NO_DEFAULTS = ThreadDefaults()
_DEFAULTS = msgspec.json.Decoder(ThreadDefaults)
_ALL = prepare(select(t.channel))
_ALL_OVERWRITES = prepare(select(t.overwrite).order_by(t.overwrite.c.target_id))
_ALL_RECIPIENTS = prepare(select(t.recipient).order_by(t.recipient.c.user_id))
_CHANNEL = prepare(select(t.channel).where(t.channel.c.id == bindparam("id")))
_PAIR = prepare(select(t.channel).where(t.channel.c.pair == bindparam("pair")))
_IN_GUILD = prepare(
    select(t.channel).where(t.channel.c.guild_id == bindparam("guild_id")).order_by(t.channel.c.position, t.channel.c.id)
)
_OVERWRITES = prepare(select(t.overwrite).where(t.overwrite.c.channel_id == bindparam("id")).order_by(t.overwrite.c.target_id))
_RECIPIENTS = prepare(
    select(t.recipient.c.user_id).where(t.recipient.c.channel_id == bindparam("id")).order_by(t.recipient.c.user_id)
)
_PLACES = prepare(
    select(func.count().label("count"), func.max(t.channel.c.position).label("last")).where(
        t.channel.c.guild_id == bindparam("guild_id")
    )
)


def load_channels(tx: Tx, directory: Directory) -> None:
    """All channels into memory."""
    overwrites: dict[int, list[Overwrite]] = {}
    for row in tx.rows(_ALL_OVERWRITES):
        overwrites.setdefault(row.channel_id, []).append(Overwrite(row.target_id, row.type, row.allow, row.deny))
    recipients: dict[int, list[int]] = {}
    for row in tx.rows(_ALL_RECIPIENTS):
        recipients.setdefault(row.channel_id, []).append(row.user_id)
    for row in tx.rows(_ALL):
        directory.put_channel(_channel(row, tuple(overwrites.get(row.id, ())), tuple(recipients.get(row.id, ()))))


def get_channel(tx: Tx, channel_id: int) -> ChannelFacts:
    """A channel as stored now. Raises NotFound 10003."""
    row = tx.row(_CHANNEL, id=channel_id)
    if row is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_CHANNEL], code=ErrorCode.UNKNOWN_CHANNEL)
    return _full(tx, row)


def find_pair(tx: Tx, pair: str) -> ChannelFacts | None:
    """The direct message channel of two users; ``pair`` comes from ``pair_key``."""
    row = tx.row(_PAIR, pair=pair)
    return None if row is None else _full(tx, row)


def list_channels(tx: Tx, guild_id: int) -> list[ChannelFacts]:
    """A guild's channels as stored now, in order."""
    return [_full(tx, row) for row in tx.rows(_IN_GUILD, guild_id=guild_id)]


def count_channels(tx: Tx, guild_id: int) -> tuple[int, int]:
    """How many channels a guild has, and the position after the last."""
    row = tx.row(_PLACES, guild_id=guild_id)
    assert row is not None
    return row.count, 0 if row.last is None else row.last + 1


def pair_key(one: int, other: int) -> str:
    """What two users' direct message channel is found by."""
    return f"{min(one, other)}:{max(one, other)}"


def _full(tx: Tx, row: Any) -> ChannelFacts:
    overwrites = tuple(Overwrite(o.target_id, o.type, o.allow, o.deny) for o in tx.rows(_OVERWRITES, id=row.id))
    recipients = tuple(r.user_id for r in tx.rows(_RECIPIENTS, id=row.id)) if row.guild_id is None else ()
    return _channel(row, overwrites, recipients)


def _channel(row: Any, overwrites: tuple[Overwrite, ...], recipients: tuple[int, ...]) -> ChannelFacts:
    return ChannelFacts(
        id=row.id,
        type=row.type,
        guild_id=row.guild_id,
        parent_id=row.parent_id,
        name=row.name,
        topic=row.topic,
        position=row.position,
        nsfw=bool(row.nsfw),
        rate_limit_per_user=row.rate_limit_per_user,
        owner_id=row.owner_id,
        last_message_id=row.last_message_id,
        overwrites=overwrites,
        recipients=recipients,
        defaults=NO_DEFAULTS if row.defaults is None else _DEFAULTS.decode(row.defaults),
    )


def defaults_column(defaults: ThreadDefaults) -> str | None:
    """JSON for the table; null for the usual ones."""
    return None if defaults == NO_DEFAULTS else msgspec.json.encode(defaults).decode()
