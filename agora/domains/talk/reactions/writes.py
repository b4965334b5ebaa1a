"""The only INSERT and DELETE on reactions."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import BindParameter, bindparam, delete, func, select
from sqlalchemy.dialects import sqlite

from agora.domains.talk.messages import Row, find_message
from agora.domains.talk.reactions.events import ReactionAdded, ReactionRemoved, ReactionsCleared
from agora.domains.talk.reactions.queries import find_sign, list_emojis
from agora.domains.talk.reactions.sign import find_same, unknown_emoji
from agora.domains.talk.reactions.tables import reaction as r
from agora.kernel.errors import BadRequest, Forbidden, NotFound
from agora.kernel.events import Event, to_channel
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx
from agora.protocol.error_codes import MESSAGES, ErrorCode

MAX_EMOJIS = 20  # different ones under one message, as on Discord

_VALUES: dict[str, BindParameter[object]] = {name: bindparam(name) for name in ("message_id", "emoji", "user_id", "at")}
_ADD = prepare(sqlite.insert(r).values(_VALUES).on_conflict_do_nothing())
_MESSAGE, _EMOJI = r.c.message_id == bindparam("message_id"), r.c.emoji == bindparam("emoji")
_REMOVE = prepare(delete(r).where(_MESSAGE, _EMOJI, r.c.user_id == bindparam("user_id")))
_CLEAR_EMOJI = prepare(delete(r).where(_MESSAGE, _EMOJI))
_CLEAR = prepare(delete(r).where(_MESSAGE))
_IDS = func.json_each(bindparam("ids")).table_valued("value")
_FORGET = prepare(delete(r).where(r.c.message_id.in_(select(_IDS.c.value))))


def do_add(tx: Tx, channel_id: int, message_id: int, user_id: int, emoji: str, *, may_start: bool, usable: bool) -> None:
    """React; doing it twice changes nothing. ``may_start``: may use an emoji that nobody used there yet; ``usable``: this one too.

    Raises 10008, 10014, 50013 and 30010 (too many different emojis).
    """
    message = _get(tx, message_id, channel_id)
    used = list_emojis(tx, message_id)
    same = find_same(used, emoji)
    if same is None:
        if not usable:
            raise unknown_emoji()
        if not may_start:
            code = ErrorCode.MISSING_PERMISSIONS
            raise Forbidden(MESSAGES[code], code=code)
        if len(used) >= MAX_EMOJIS:
            code = ErrorCode.MAX_REACTIONS
            raise BadRequest(MESSAGES[code], code=code)
    emoji = same or emoji
    if tx.run(_ADD, message_id=message_id, emoji=emoji, user_id=user_id, at=tx.now_ms):
        event = ReactionAdded(
            message_id=message_id,
            channel_id=channel_id,
            guild_id=message.guild_id,
            author_id=message.author_id,
            user_id=user_id,
            emoji=emoji,
        )
        _emit(tx, event, message)


def do_remove(tx: Tx, channel_id: int, message_id: int, user_id: int, emoji: str) -> None:
    """Take a reaction away; one that is not there is no error."""
    message = _get(tx, message_id, channel_id)
    emoji = find_sign(tx, message_id, emoji)
    if tx.run(_REMOVE, message_id=message_id, emoji=emoji, user_id=user_id):
        event = ReactionRemoved(
            message_id=message_id, channel_id=channel_id, guild_id=message.guild_id, user_id=user_id, emoji=emoji
        )
        _emit(tx, event, message)


def do_clear(tx: Tx, channel_id: int, message_id: int, emoji: str | None) -> None:
    """Take all reactions away, or all with one emoji."""
    message = _get(tx, message_id, channel_id)
    if emoji is None:
        gone = tx.run(_CLEAR, message_id=message_id)
    else:
        emoji = find_sign(tx, message_id, emoji)
        gone = tx.run(_CLEAR_EMOJI, message_id=message_id, emoji=emoji)
    if gone:
        event = ReactionsCleared(message_id=message_id, channel_id=channel_id, guild_id=message.guild_id, emoji=emoji)
        _emit(tx, event, message)


def do_forget(tx: Tx, message_ids: Sequence[int]) -> None:
    """The messages are being deleted: clients drop the reactions with them."""
    tx.run(_FORGET, ids=msgspec.json.encode(message_ids).decode())


def _get(tx: Tx, message_id: int, channel_id: int) -> Row:
    message = find_message(tx, message_id, channel_id)
    if message is None:
        code = ErrorCode.UNKNOWN_MESSAGE
        raise NotFound(MESSAGES[code], code=code)
    return message


def _emit(tx: Tx, event: Event, message: Row) -> None:
    tx.emit(event, to_channel(message.channel_id), guild_id=message.guild_id, channel_id=message.channel_id)
