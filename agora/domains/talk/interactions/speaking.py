"""Messages in an app's name: for everybody, or for the asker alone."""

from __future__ import annotations

import msgspec

from agora.domains.place.permissions import Directory
from agora.domains.talk.interactions.ephemeral import Ephemeral, Ephemerals
from agora.domains.talk.interactions.model import Interaction
from agora.domains.talk.interactions.writes import do_answer, do_take
from agora.domains.talk.messages import (
    Draft,
    Origin,
    Patch,
    Place,
    Row,
    build_message,
    change_whole,
    compose_whole,
    do_delete,
    do_send,
    edit_in,
    find_message,
    list_payloads,
)
from agora.gateway.ports import Connections
from agora.kernel.auth import Actor
from agora.kernel.ctx import Ctx
from agora.kernel.errors import NotFound, invalid
from agora.kernel.http import encode
from agora.kernel.tx import Tx
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.message_types import MessageFlag
from agora.protocol.permissions import ALL, Permission

EPHEMERAL = int(MessageFlag.EPHEMERAL)
LOADING = int(MessageFlag.LOADING)
_EVERYONE = int(Permission.MENTION_EVERYONE)


def as_app(ctx: Ctx, row: Interaction) -> Ctx:
    """The app acts: who has the token speaks for it."""
    return ctx.acting_as(Actor(user_id=row.application_id, is_bot=True, via="interaction"))


def place_of(ctx: Ctx, row: Interaction) -> Place:
    """Where the answer goes. Whoever may ask is answered; only mentioning everyone still needs the app's own permission."""
    directory = ctx.app.get(Directory)
    channel = directory.channel(row.channel_id)
    if channel is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_CHANNEL], code=ErrorCode.UNKNOWN_CHANNEL)
    own = directory.permissions(row.application_id, channel.id)
    return Place(channel, ALL & ~_EVERYONE | own & _EVERYONE)


async def say(ctx: Ctx, row: Interaction, draft: Draft, flags: int, *, first: bool) -> bytes:
    """Answer (``first``) or follow up; returns the message object. ``flags`` may hold EPHEMERAL and LOADING."""
    origin = Origin(row.message_type, flags & (EPHEMERAL | LOADING), row.keys)
    draft = msgspec.structs.replace(draft, nonce=None, origin=origin)
    if flags & EPHEMERAL and draft.files:
        raise invalid("files", "Answers for one person take no files here: leave out the flag 64.")
    app_ctx = as_app(ctx, row)
    message, wire, files = await compose_whole(app_ctx, place_of(ctx, row), draft)
    if flags & EPHEMERAL:
        if first:
            await ctx.write(do_take_for_one, row, message.id)
        show(ctx, row, message, "MESSAGE_CREATE", wire)
        return wire
    if first:
        return (await app_ctx.write(do_answer, row, message, wire, files)).wire
    return (await app_ctx.write(do_send, message, wire, True, files)).wire


def do_take_for_one(tx: Tx, row: Interaction, response_id: int) -> None:
    """Take the one answer there is, which is not stored."""
    do_take(tx, row, response_id=response_id, ephemeral=True)


def show(ctx: Ctx, row: Interaction, message: Row, name: str, wire: bytes) -> None:
    """Keep and show a message for one person."""
    ctx.app.get(Ephemerals).put(Ephemeral(message, row.user_id, row.id))
    ctx.app.get(Connections).send_to([row.user_id], name, wire)


async def change(ctx: Ctx, row: Interaction, message_id: int, patch: Patch) -> bytes:
    """Change a message of the app; returns it. Raises 10008."""
    app_ctx, place = as_app(ctx, row), place_of(ctx, row)
    own = ctx.app.get(Ephemerals).find(message_id)
    if own is None:
        await edit_in(app_ctx, place, message_id, patch)
        return await read(ctx, row, message_id)
    changed, files = await change_whole(app_ctx, place, own.row, patch)
    if files is not None and files.new:
        raise invalid("files", "Answers for one person take no files here.")
    wire = encode(build_message(ctx.app, changed))
    show(ctx, row, changed, "MESSAGE_UPDATE", wire)
    return wire


async def read(ctx: Ctx, row: Interaction, message_id: int) -> bytes:
    """A message of the channel, as the app sees it. Raises 10008."""
    own = ctx.app.get(Ephemerals).find(message_id)
    if own is not None:
        return encode(build_message(ctx.app, own.row))
    message = await ctx.read(find_message, message_id, row.channel_id)
    if message is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_MESSAGE], code=ErrorCode.UNKNOWN_MESSAGE)
    return encode((await ctx.read(list_payloads, [message], row.application_id))[0])


async def remove(ctx: Ctx, row: Interaction, message_id: int) -> None:
    """Delete a message of the app. Raises 10008."""
    own = ctx.app.get(Ephemerals).find(message_id)
    if own is None:
        await as_app(ctx, row).write(do_delete, message_id, row.channel_id)
        return
    ctx.app.get(Ephemerals).drop(message_id)
    gone = {"id": str(message_id), "channel_id": str(row.channel_id)}
    if row.guild_id is not None:
        gone["guild_id"] = str(row.guild_id)
    ctx.app.get(Connections).send_to([own.user_id], "MESSAGE_DELETE", encode(gone))
