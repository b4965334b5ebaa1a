"""Who takes part in a group, and its name: each change is told in the group itself, in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import delete, insert, update

from agora.domains.place.channels import tables as t
from agora.domains.place.channels.ports import GroupNotice
from agora.domains.place.channels.queries import get_channel
from agora.domains.place.channels.writes import do_delete_channel, do_edit_channel, do_tell_updated
from agora.domains.place.permissions import ChannelFacts
from agora.kernel.errors import BadRequest, Forbidden, NotFound
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.message_types import MessageType

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

MAX_GROUP = 10


def do_add_recipient(tx: Tx, channel_id: int, user_id: int) -> ChannelFacts:
    """Take a user into a group; nothing happens when they are in it.

    Raises NotFound 10003 when the actor is in it no more, BadRequest 30004 when it is full.
    """
    before = _get_own(tx, channel_id)
    if user_id in before.recipients:
        return before
    if len(before.recipients) >= MAX_GROUP:
        raise BadRequest(f"Maximum number of recipients reached ({MAX_GROUP})", code=ErrorCode.MAX_RECIPIENTS)
    after = msgspec.structs.replace(before, recipients=tuple(sorted((*before.recipients, user_id))))
    tx.execute(insert(t.recipient).values(channel_id=channel_id, user_id=user_id))
    do_tell_updated(tx, after, before)
    _tell(tx, after, MessageType.RECIPIENT_ADD, user_id=user_id)
    return after


def do_remove_recipient(tx: Tx, channel_id: int, user_id: int) -> ChannelFacts:
    """The owner puts a user out of a group. Raises NotFound 10003 or 10013, Forbidden 50013."""
    before = _get_own(tx, channel_id)
    if tx.ctx.actor.via != "internal" and before.owner_id != tx.ctx.actor.user_id:
        raise Forbidden(MESSAGES[ErrorCode.MISSING_PERMISSIONS], code=ErrorCode.MISSING_PERMISSIONS)
    if user_id not in before.recipients:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_USER], code=ErrorCode.UNKNOWN_USER)
    return do_leave_group(tx, channel_id, user_id)


def do_leave_group(tx: Tx, channel_id: int, user_id: int) -> ChannelFacts:
    """Take a user out of a group; the oldest other account owns it then. The last one to go ends it."""
    before = get_channel(tx, channel_id)
    left = tuple(each for each in before.recipients if each != user_id)
    if not left:
        return do_delete_channel(tx, channel_id)
    owner_id = left[0] if before.owner_id == user_id else before.owner_id
    after = msgspec.structs.replace(before, recipients=left, owner_id=owner_id)
    which = (t.recipient.c.channel_id == channel_id) & (t.recipient.c.user_id == user_id)
    tx.execute(delete(t.recipient).where(which))
    tx.execute(update(t.channel).where(t.channel.c.id == channel_id).values(owner_id=owner_id))
    do_tell_updated(tx, after, before)
    _tell(tx, after, MessageType.RECIPIENT_REMOVE, user_id=user_id)
    return after


def do_rename_group(tx: Tx, channel_id: int, name: str | None) -> ChannelFacts:
    """Give a group a name; None: it is called by its people again. Raises NotFound 10003."""
    before = _get_own(tx, channel_id)
    if before.name == name:
        return before
    after = do_edit_channel(tx, channel_id, {"name": name})
    _tell(tx, after, MessageType.CHANNEL_NAME_CHANGE, words=name or "")
    return after


def _get_own(tx: Tx, channel_id: int) -> ChannelFacts:
    """The group as stored now: whoever was put out a moment ago changes nothing any more."""
    group, actor = get_channel(tx, channel_id), tx.ctx.actor
    if actor.via != "internal" and actor.user_id not in group.recipients:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_CHANNEL], code=ErrorCode.UNKNOWN_CHANNEL)
    return group


def _tell(tx: Tx, group: ChannelFacts, kind: MessageType, *, user_id: int | None = None, words: str = "") -> None:
    for step in tx.app.offers(GroupNotice):
        step.do_tell(tx, group, kind, user_id, words)
