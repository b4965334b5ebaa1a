"""A stored message as Discord's message object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.place.accounts import User, Users, build_user
from agora.domains.place.channels import build_thread
from agora.domains.place.guilds import build_member
from agora.domains.place.permissions import Directory
from agora.domains.talk.files import Attached, build_attachment
from agora.domains.talk.messages.markdown import plain
from agora.domains.talk.messages.mentions import from_column
from agora.domains.talk.messages.poll import build_poll
from agora.domains.talk.messages.row import Row
from agora.domains.talk.messages.snapshot import Snapshot, build_items, build_reference, build_snapshot, read_snapshot
from agora.kernel.app import App
from agora.kernel.clock import iso
from agora.kernel.ids import created_ms
from agora.protocol.message_types import MessageFlag, MessageType
from agora.protocol.payloads import Attachment, Member, Message, MessageReference, MessageSnapshot, Reaction, Thread

_SUPPRESSED = int(MessageFlag.SUPPRESS_EMBEDS)
_HAS_THREAD = int(MessageFlag.HAS_THREAD)
_EMBEDS = msgspec.json.Decoder(tuple[msgspec.Raw, ...])


class _Told(msgspec.Struct, frozen=True):
    """Keys of ``draft.Origin``, as they stand in the table. ``author`` is a webhook, under the name of this one message;
    ``message_reference`` what was published elsewhere, or the channel that is followed.
    """

    author: msgspec.Raw | UnsetType = UNSET
    webhook_id: str | UnsetType = UNSET
    application_id: str | UnsetType = UNSET
    message_reference: MessageReference | UnsetType = UNSET
    interaction_metadata: msgspec.Raw | UnsetType = UNSET
    interaction: msgspec.Raw | UnsetType = UNSET


_NOTHING = _Told()
_ORIGIN = msgspec.json.Decoder(_Told)


def build_message(
    app: App,
    row: Row,
    *,
    referenced: Message | UnsetType | None = UNSET,
    member: Member | UnsetType = UNSET,
    reactions: tuple[Reaction, ...] = (),
    files: Sequence[Attached] = (),
    votes: Any = None,
) -> Message:
    """The payload. ``referenced`` is the message replied to: None when it is gone, ``UNSET`` one level down, as Discord does."""
    mentions = from_column(row.mentions)
    guild_id = UNSET if row.guild_id is None else str(row.guild_id)
    attachments = tuple(build_attachment(app, file) for file in files)
    snapshot = None if row.snapshot is None else read_snapshot(row.snapshot)
    told = _NOTHING if row.origin is None else _ORIGIN.decode(row.origin)
    return Message(
        id=str(row.id),
        channel_id=str(row.channel_id),
        guild_id=guild_id,
        author=user_object(app, row.author_id) if told.author is UNSET else told.author,
        webhook_id=told.webhook_id,
        member=member,
        type=row.type,
        content=row.content,
        content_html=plain(row.content) if row.html is None and row.content else row.html or "",
        timestamp=iso(created_ms(row.id)),
        edited_timestamp=None if row.edited_ms is None else iso(row.edited_ms),
        tts=bool(row.tts),
        flags=row.flags,
        mentions=tuple(user_object(app, user_id) for user_id in mentions.users),
        mention_roles=tuple(map(str, mentions.roles)),
        mention_everyone=mentions.everyone,
        embeds=() if row.embeds is None or row.flags & _SUPPRESSED else _embeds(row.embeds, attachments),
        attachments=attachments if snapshot is None else (),
        pinned=row.pinned_ms is not None,
        nonce=UNSET if row.nonce is None else row.nonce,
        reactions=reactions or UNSET,
        message_reference=told.message_reference or _reference(app, row, guild_id, snapshot),
        message_snapshots=UNSET if snapshot is None else (_snapshot(app, row, snapshot, attachments),),
        referenced_message=UNSET if row.reply_to is None or row.type == MessageType.THREAD_CREATED else referenced,
        thread=_thread(app, row.id) if row.flags & _HAS_THREAD else UNSET,
        components=() if row.components is None else _EMBEDS.decode(row.components),
        sticker_items=build_items(row.stickers),
        poll=UNSET if row.poll is None else build_poll(row.poll, votes),
        application_id=told.application_id,
        interaction_metadata=told.interaction_metadata,
        interaction=told.interaction,
    )


def _snapshot(app: App, row: Row, snapshot: Snapshot, attachments: tuple[Attachment, ...]) -> MessageSnapshot:
    """What is carried on; hiding the embeds of the message hides those in it."""
    shown = snapshot.embeds is not None and not row.flags & _SUPPRESSED
    embeds = _embeds(snapshot.embeds or "[]", attachments) if shown else ()
    return build_snapshot(snapshot, [user_object(app, user_id) for user_id in snapshot.users], attachments, embeds)


def _embeds(column: str, attachments: Sequence[Attachment]) -> tuple[msgspec.Raw, ...]:
    """The stored embeds; what they show of the message's own files (``attachment://name``) gets its present address."""
    if attachments and "attachment://" in column:
        for file in attachments:
            name, url = (msgspec.json.encode(text).decode() for text in (f"attachment://{file.filename}", file.url))
            column = column.replace(name, url)
    return _EMBEDS.decode(column)


def user_object(app: App, user_id: int) -> Any:
    """A user as it is now; one that is gone keeps its id."""
    user = app.get(Users).get(user_id)
    return build_user(user if user is not None else User(id=user_id, username="deleted_user"))


def build_author_member(app: App, guild_id: int | None, user_id: int) -> Member | UnsetType:
    """The author's membership, without the user object, as MESSAGE_CREATE carries it."""
    member = None if guild_id is None else app.get(Directory).member(guild_id, user_id)
    return UNSET if member is None else build_member(app, member, user=False)


def _reference(app: App, row: Row, guild_id: str | UnsetType, snapshot: Snapshot | None) -> MessageReference | UnsetType:
    """The message that is carried on or answered; the thread that a notice tells of; the message, elsewhere, that a thread
    began with.
    """
    if snapshot is not None:
        return build_reference(snapshot)
    if row.reply_to is None:
        return UNSET
    if row.type == MessageType.THREAD_CREATED:
        return MessageReference(channel_id=str(row.reply_to), guild_id=guild_id)
    channel_id: int | None = row.channel_id
    if row.type == MessageType.THREAD_STARTER_MESSAGE:
        thread = app.get(Directory).channel(row.channel_id)
        channel_id = row.channel_id if thread is None else thread.parent_id
    return MessageReference(channel_id=str(channel_id), message_id=str(row.reply_to), guild_id=guild_id)


def _thread(app: App, thread_id: int) -> Thread | UnsetType:
    thread = app.get(Directory).channel(thread_id)
    return UNSET if thread is None or thread.thread is None else build_thread(thread)
