"""The only statements that change channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET
from sqlalchemy import bindparam, delete, insert, update

from agora.domains.place.channels import tables as t
from agora.domains.place.channels.events import ChannelCreated, ChannelDeleted, ChannelUpdated
from agora.domains.place.channels.model import NewChannel, Place
from agora.domains.place.channels.ports import ChannelEnd
from agora.domains.place.channels.queries import (
    count_channels,
    defaults_column,
    find_pair,
    get_channel,
    list_channels,
    pair_key,
)
from agora.domains.place.guilds import do_forget_channel
from agora.domains.place.permissions import ChannelFacts, Directory, Overwrite
from agora.kernel.errors import BadRequest, invalid
from agora.kernel.events import Audience, to_channel, to_users
from agora.kernel.sql import prepare
from agora.protocol.channel_types import ChannelType
from agora.protocol.error_codes import ErrorCode

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.tx import Tx

MAX_CHANNELS = 500
_TOUCH = prepare(update(t.channel).where(t.channel.c.id == bindparam("id")).values(last_message_id=bindparam("message_id")))


def do_create_channel(tx: Tx, guild_id: int, new: NewChannel) -> ChannelFacts:
    """Make a channel of a guild. Raises BadRequest 30013 when there are too many, or on ``parent_id``."""
    count, last = count_channels(tx, guild_id)
    if count >= MAX_CHANNELS:
        raise BadRequest(f"Maximum number of guild channels reached ({MAX_CHANNELS})", code=ErrorCode.MAX_GUILD_CHANNELS)
    parent = None if new.parent_id is None else get_category(tx, guild_id, new.parent_id)
    overwrites = new.overwrites
    if overwrites is None:
        overwrites = parent.overwrites if parent is not None else ()
    channel = ChannelFacts(
        id=tx.new_id(),
        type=new.type,
        guild_id=guild_id,
        parent_id=new.parent_id,
        name=new.name,
        topic=new.topic,
        position=last if new.position is None else new.position,
        nsfw=new.nsfw,
        rate_limit_per_user=new.rate_limit_per_user,
        overwrites=tuple(sorted(overwrites, key=lambda o: o.id)),
        defaults=new.defaults,
    )
    _insert(tx, channel)
    return channel


def do_put_channels(tx: Tx, channels: Sequence[ChannelFacts]) -> None:
    """Store channels of a guild that are complete already, ids and places included: those of a template, categories first."""
    for channel in channels:
        _insert(tx, channel)


def do_open_private(tx: Tx, creator_id: int, user_ids: Sequence[int], name: str | None = None) -> ChannelFacts:
    """The direct message channel of two users, made when they have none; for more users always a new group."""
    recipients = tuple(sorted({creator_id, *user_ids}))
    pair = pair_key(recipients[0], recipients[-1]) if len(recipients) == 2 else None
    existing = find_pair(tx, pair) if pair is not None else None
    if existing is not None:
        return existing
    channel = ChannelFacts(
        id=tx.new_id(),
        type=ChannelType.DM if pair is not None else ChannelType.GROUP_DM,
        name=name,
        owner_id=None if pair is not None else creator_id,
        recipients=recipients,
    )
    _insert(tx, channel, pair)
    return channel


def do_edit_channel(tx: Tx, channel_id: int, changes: dict[str, Any]) -> ChannelFacts:
    """Change fields of a channel, ``overwrites`` among them. Raises NotFound 10003, BadRequest on ``parent_id``."""
    before = get_channel(tx, channel_id)
    parent_id = changes.get("parent_id")
    if parent_id is not None and before.guild_id is not None:
        get_category(tx, before.guild_id, parent_id)
    after = msgspec.structs.replace(before, **changes)
    if after == before:
        return before
    columns = {name: value for name, value in changes.items() if name not in ("overwrites", "defaults")}
    if after.defaults != before.defaults:
        columns["defaults"] = defaults_column(after.defaults)
    if columns:
        tx.execute(update(t.channel).where(t.channel.c.id == channel_id).values(columns))
    if after.overwrites != before.overwrites:
        tx.execute(delete(t.overwrite).where(t.overwrite.c.channel_id == channel_id))
        _insert_overwrites(tx, after)
    do_tell_updated(tx, after, before)
    return after


def do_set_overwrite(tx: Tx, channel_id: int, overwrite: Overwrite) -> ChannelFacts:
    """Add or replace one overwrite. Raises NotFound 10003."""
    others = [o for o in get_channel(tx, channel_id).overwrites if o.id != overwrite.id]
    return do_edit_channel(tx, channel_id, {"overwrites": tuple(sorted((*others, overwrite), key=lambda o: o.id))})


def do_drop_overwrite(tx: Tx, channel_id: int, target_id: int) -> ChannelFacts:
    """Take one overwrite away, if it is there. Raises NotFound 10003."""
    kept = tuple(o for o in get_channel(tx, channel_id).overwrites if o.id != target_id)
    return do_edit_channel(tx, channel_id, {"overwrites": kept})


def do_place_channels(tx: Tx, guild_id: int, places: Sequence[Place]) -> None:
    """Move several channels. Raises NotFound 10003, BadRequest on ``parent_id``."""
    for place in places:
        changes: dict[str, Any] = {}
        if place.position is not UNSET:
            changes["position"] = place.position
        if place.parent_id is not UNSET:
            changes["parent_id"] = place.parent_id
            if place.parent_id is not None and place.lock_permissions:
                changes["overwrites"] = get_category(tx, guild_id, place.parent_id).overwrites
        do_edit_channel(tx, place.id, changes)


def do_delete_channel(tx: Tx, channel_id: int) -> ChannelFacts:
    """End a channel; what stood in a category stands alone then. Raises NotFound 10003."""
    channel = get_channel(tx, channel_id)
    if channel.type == ChannelType.GUILD_CATEGORY and channel.guild_id is not None:
        for child in list_channels(tx, channel.guild_id):
            if child.parent_id == channel_id:
                do_edit_channel(tx, child.id, {"parent_id": None})
    if channel.guild_id is not None:
        do_forget_channel(tx, channel.guild_id, channel_id)
    _delete_rows(tx, channel)
    event = ChannelDeleted(channel=channel, reason=tx.ctx.audit_reason)
    tx.emit(event, _audience(channel), guild_id=channel.guild_id, channel_id=channel_id)
    return channel


def do_end_guild(tx: Tx, guild_id: int) -> None:
    """Remove the channels of a guild that ends; its own event tells of it."""
    for channel in list_channels(tx, guild_id):
        _delete_rows(tx, channel)


def do_end_role(tx: Tx, guild_id: int, role_id: int) -> None:
    """Remove a role's overwrites."""
    for channel in list_channels(tx, guild_id):
        if channel.overwrite(role_id) is not None:
            do_drop_overwrite(tx, channel.id, role_id)


def do_tell_updated(tx: Tx, after: ChannelFacts, before: ChannelFacts) -> None:
    """Tell of a change that was stored: in a direct message also who came or went."""
    event = ChannelUpdated(channel=after, before=before, reason=tx.ctx.audit_reason)
    people = sorted({*before.recipients, *after.recipients})
    audience = to_channel(after.id) if after.guild_id is not None else to_users(*people)
    tx.emit(event, audience, guild_id=after.guild_id, channel_id=after.id)


def do_touch_channel(tx: Tx, channel_id: int, message_id: int) -> None:
    """Store a channel's newest message; part of sending one. ``note_message`` tells memory after the commit."""
    tx.run(_TOUCH, id=channel_id, message_id=message_id)


def note_message(app: App, channel_id: int, message_id: int) -> None:
    """Remember a channel's newest message; for the live listener of what was sent."""
    app.get(Directory).touch(channel_id, message_id)


def get_category(tx: Tx, guild_id: int, channel_id: int) -> ChannelFacts:
    """A category of this guild. Raises BadRequest on ``parent_id`` for anything else."""
    found = next((c for c in list_channels(tx, guild_id) if c.id == channel_id), None)
    if found is None or found.type != ChannelType.GUILD_CATEGORY:
        raise invalid("parent_id", "Must be a category of this server.", "CHANNEL_PARENT_INVALID")
    return found


def _insert(tx: Tx, channel: ChannelFacts, pair: str | None = None) -> None:
    row = msgspec.structs.asdict(channel)
    del row["overwrites"], row["recipients"], row["thread"]
    row["defaults"] = defaults_column(channel.defaults)
    tx.execute(insert(t.channel).values(row | {"pair": pair, "created_at": tx.now_ms}))
    _insert_overwrites(tx, channel)
    for user_id in channel.recipients:
        tx.execute(insert(t.recipient).values(channel_id=channel.id, user_id=user_id))
    event = ChannelCreated(channel=channel, reason=tx.ctx.audit_reason)
    tx.emit(event, _audience(channel), guild_id=channel.guild_id, channel_id=channel.id)


def _insert_overwrites(tx: Tx, channel: ChannelFacts) -> None:
    for o in channel.overwrites:
        values = {"channel_id": channel.id, "target_id": o.id, "type": o.type, "allow": o.allow, "deny": o.deny}
        tx.execute(insert(t.overwrite).values(values))


def _delete_rows(tx: Tx, channel: ChannelFacts) -> None:
    for step in tx.app.offers(ChannelEnd):
        step.do_end(tx, channel)
    tx.execute(delete(t.overwrite).where(t.overwrite.c.channel_id == channel.id))
    tx.execute(delete(t.recipient).where(t.recipient.c.channel_id == channel.id))
    tx.execute(delete(t.channel).where(t.channel.c.id == channel.id))


def _audience(channel: ChannelFacts) -> Audience:
    return to_channel(channel.id) if channel.guild_id is not None else to_users(*channel.recipients)
