"""What the server itself writes into a channel: notices, and the marks of messages that have a thread or are published."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, update

from agora.domains.place.accounts import Users
from agora.domains.place.channels import ChannelFacts
from agora.domains.talk.messages.draft import Sent
from agora.domains.talk.messages.mentions import Mentions, to_column
from agora.domains.talk.messages.queries import find_message, list_payloads
from agora.domains.talk.messages.row import Row
from agora.domains.talk.messages.tables import message as m
from agora.domains.talk.messages.writes import do_send, do_tell_edited
from agora.kernel.errors import BadRequest, NotFound
from agora.kernel.http import encode
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.message_types import MessageFlag, MessageType
from agora.protocol.payloads import Thread

HAS_THREAD = int(MessageFlag.HAS_THREAD)
_FLAGS = prepare(update(m).where(m.c.id == bindparam("message_id")).values(flags=bindparam("flags")))


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the system. ``about`` is the thread it tells of, or the message it repeats."""

    type: MessageType
    channel_id: int
    guild_id: int | None
    author_id: int
    content: str = ""
    about: int | None = None
    embeds: str | None = None  # JSON list
    mentions: tuple[int, ...] = ()
    origin: str | None = None  # see ``draft.Origin.keys``


def do_post_notice(tx: Tx, notice: Notice, *, author_is_bot: bool) -> Sent:
    """Write a notice; it is an event like any message."""
    row = Row(
        id=tx.new_id(),
        channel_id=notice.channel_id,
        guild_id=notice.guild_id,
        author_id=notice.author_id,
        type=int(notice.type),
        content=notice.content,
        html=None,
        flags=0,
        tts=False,
        edited_ms=None,
        pinned_ms=None,
        reply_to=notice.about,
        nonce=None,
        mentions=to_column(Mentions(users=notice.mentions)),
        embeds=notice.embeds,
        has=0,
        origin=notice.origin,
    )
    return do_send(tx, row, encode(list_payloads(tx, [row], notice.author_id)[0]), author_is_bot)


def do_tell_group(tx: Tx, group: ChannelFacts, kind: MessageType, user_id: int | None, words: str) -> None:
    """A group is told what happened to it, as the act of who did it; the server's own acts are told as the owner's."""
    author_id = tx.ctx.actor.user_id or group.owner_id or group.recipients[0]
    author = tx.app.get(Users).get(author_id)
    notice = Notice(
        type=kind,
        channel_id=group.id,
        guild_id=None,
        author_id=author_id,
        content=words,
        mentions=() if user_id is None else (user_id,),
    )
    do_post_notice(tx, notice, author_is_bot=author is not None and author.bot)


def do_mark_published(tx: Tx, message_id: int, channel_id: int) -> Row:
    """Other channels get copies of this message: readers see that. Raises 10008, and 40033 when they have them already."""
    row = find_message(tx, message_id, channel_id)
    if row is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_MESSAGE], code=ErrorCode.UNKNOWN_MESSAGE)
    if row.flags & MessageFlag.CROSSPOSTED:
        raise BadRequest(MESSAGES[ErrorCode.ALREADY_CROSSPOSTED], code=ErrorCode.ALREADY_CROSSPOSTED)
    row = row._replace(flags=row.flags | int(MessageFlag.CROSSPOSTED))
    tx.run(_FLAGS, message_id=message_id, flags=row.flags)
    do_tell_edited(tx, row)
    return row


def do_mark_thread(tx: Tx, message_id: int, channel_id: int, thread: Thread | None) -> None:
    """A thread began at this message (or, with None, it ended): clients see it there. A message that is gone is passed over."""
    row = find_message(tx, message_id, channel_id)
    if row is None:
        return
    flags = row.flags | HAS_THREAD if thread is not None else row.flags & ~HAS_THREAD
    tx.run(_FLAGS, message_id=message_id, flags=flags)
    row = row._replace(flags=flags)
    do_tell_edited(tx, row, thread=msgspec.UNSET if thread is None else thread)
