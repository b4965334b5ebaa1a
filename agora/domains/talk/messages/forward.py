"""Forwarding: who may carry what on, and what becomes of the draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from agora.domains.talk.files import Attached, Received, list_files
from agora.domains.talk.messages.access import HISTORY, Place, check_place
from agora.domains.talk.messages.draft import Draft
from agora.domains.talk.messages.markdown import has_markup, render
from agora.domains.talk.messages.mentions import from_column, names_in
from agora.domains.talk.messages.queries import find_message
from agora.domains.talk.messages.row import Has, Row
from agora.domains.talk.messages.snapshot import Snapshot, Source, read_snapshot
from agora.kernel.ctx import Ctx
from agora.kernel.errors import AgoraError, invalid
from agora.kernel.ids import created_ms
from agora.protocol.message_types import MessageFlag, MessageType

if TYPE_CHECKING:
    from agora.domains.place.permissions import ChannelFacts
    from agora.kernel.app import App

_HIDDEN = int(MessageFlag.SUPPRESS_EMBEDS)
FORWARDED = (MessageType.DEFAULT, MessageType.REPLY, MessageType.CHAT_INPUT_COMMAND, MessageType.CONTEXT_MENU_COMMAND)


async def with_snapshot(ctx: Ctx, place: Place, draft: Draft, source: Source) -> Draft:
    """The draft with what the forwarded message says and its files. Raises 50035 for one that the actor may not read, or that
    is none to be carried on, in the same words as for one that does not exist.
    """
    more = (draft.content.strip(), draft.embeds, draft.files, draft.components, draft.poll, draft.stickers, draft.reply_to)
    if any(more):
        raise invalid("message_reference", "A forward carries nothing but the message.", "MESSAGE_FORWARD_CANNOT_HAVE_CONTENT")
    row = await _find_source(ctx, source)
    if row is None:
        raise invalid("message_reference", "Unknown message", "REPLIES_UNKNOWN_MESSAGE")
    if row.type not in FORWARDED or row.flags & MessageFlag.LOADING or not _says_anything(row):
        raise invalid("message_reference", "This message cannot be forwarded.", "MESSAGE_FORWARD_UNSUPPORTED")
    files = (await ctx.read(list_files, [row.id])).get(row.id, ()) if row.has & Has.FILE else ()
    snapshot = take_snapshot(ctx.app, place.channel, ctx.actor.user_id, row)
    return msgspec.structs.replace(draft, content="", snapshot=snapshot, files=copy_files(files))


async def _find_source(ctx: Ctx, source: Source) -> Row | None:
    try:
        check_place(ctx, source.channel_id, HISTORY)
    except AgoraError:
        return None  # nobody learns by this what exists where they may not look
    return await ctx.read(find_message, source.message_id, source.channel_id)


def _says_anything(row: Row) -> bool:
    """Polls go on where they were asked, buttons work where they stand: neither is carried on."""
    return row.poll is None and bool(row.content or row.embeds or row.has & Has.FILE or row.snapshot or row.stickers)


def take_snapshot(app: App, place: ChannelFacts, user_id: int, row: Row) -> Snapshot:
    """What a message says now, with names as they are called in ``place``; of a forward what it carries itself."""
    if row.snapshot is not None:
        carried = read_snapshot(row.snapshot)
        return msgspec.structs.replace(carried, channel_id=row.channel_id, message_id=row.id, guild_id=row.guild_id)
    mentions = from_column(row.mentions)
    return Snapshot(
        channel_id=row.channel_id,
        message_id=row.id,
        guild_id=row.guild_id,
        type=row.type,
        content=row.content,
        html=render(row.content, names_in(app, place, user_id)) if has_markup(row.content) else None,
        at=created_ms(row.id),
        edited_ms=row.edited_ms,
        flags=row.flags & _HIDDEN,
        users=mentions.users,
        roles=mentions.roles,
        embeds=None if row.flags & _HIDDEN else row.embeds,
        stickers=row.stickers,
    )


def copy_files(files: Sequence[Attached]) -> tuple[Received, ...]:
    """The files of a message for another one: the same contents, which are stored once."""
    return tuple(
        Received(place, file.filename, file.hash, file.size, file.content_type, file.width, file.height, file.description)
        for place, file in enumerate(files)
    )
