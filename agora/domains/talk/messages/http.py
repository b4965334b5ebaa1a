"""REST: https://discord.com/developers/docs/resources/message."""

from __future__ import annotations

from typing import Any, TypeVar

from agora.domains.talk.files import Form, read_form, take_uploads
from agora.domains.talk.messages.access import ATTACH, SEND, check_place
from agora.domains.talk.messages.bodies import (
    BulkDelete,
    MessageCreate,
    MessagePatch,
    PageQuery,
    PinsQuery,
    build_draft,
    build_ids,
    build_patch,
)
from agora.domains.talk.messages.history import read_one, read_page, read_pinned_messages, read_pins
from agora.domains.talk.messages.service import bulk_delete, delete, edit, pin, send
from agora.kernel.access import needs
from agora.kernel.http import Bucket, Request, Route
from agora.protocol.payloads import Message
from agora.protocol.permissions import Permission

T = TypeVar("T", MessageCreate, MessagePatch)
CHANNEL = "/api/v10/channels/{channel_id}"
SEE = needs(int(Permission.VIEW_CHANNEL))
_SEND = Bucket("messages.send", 5, 5.0, by="channel_id")
_READ = Bucket("messages.read", 50, 5.0, by="channel_id")
_EDIT = Bucket("messages.edit", 5, 5.0, by="channel_id")
_DELETE = Bucket("messages.delete", 5, 1.0, by="channel_id")
_BULK = Bucket("messages.bulk_delete", 1, 1.0, by="channel_id")
_PINS = Bucket("messages.pins", 5, 5.0, by="channel_id")


async def post_message(request: Request) -> bytes:
    """Send; the answer is what the gateway sends."""
    channel_id = request.id("channel_id")
    form = await _read_form(request, MessageCreate, SEND)
    return (await send(request.ctx, channel_id, build_draft(channel_id, form.body, form.files))).wire


async def _read_form(request: Request, kind: type[T], needed: int = 0) -> Form[T]:
    """JSON, or a form with files; files of who may not attach any are refused before they are read."""
    channel_id = request.id("channel_id")
    place = check_place(request.ctx, channel_id, needed)
    form = await read_form(request, kind, place.channel.guild_id, lambda: check_place(request.ctx, channel_id, ATTACH))
    before = await take_uploads(request.ctx, channel_id, form.body.attachments or None)
    return Form(form.body, form.files + before) if before else form


async def get_page(request: Request) -> bytes:
    """A page of the channel."""
    return await read_page(request.ctx, request.id("channel_id"), request.query)


async def get_one(request: Request) -> bytes:
    """One message."""
    return await read_one(request.ctx, request.id("channel_id"), request.id("message_id"))


async def patch_message(request: Request) -> bytes:
    """Edit; the answer is read back, with its reactions."""
    channel_id, message_id = request.id("channel_id"), request.id("message_id")
    form = await _read_form(request, MessagePatch)
    await edit(request.ctx, channel_id, message_id, build_patch(form.body, form.files))
    return await read_one(request.ctx, channel_id, message_id)


async def delete_message(request: Request) -> None:
    """Delete."""
    await delete(request.ctx, request.id("channel_id"), request.id("message_id"))


async def post_bulk_delete(request: Request) -> None:
    """Delete several."""
    await bulk_delete(request.ctx, request.id("channel_id"), build_ids(request.body))


async def get_pins(request: Request) -> dict[str, Any]:
    """A page of pins."""
    return await read_pins(request.ctx, request.id("channel_id"), request.query)


async def get_old_pins(request: Request) -> bytes:
    """The pinned messages."""
    return await read_pinned_messages(request.ctx, request.id("channel_id"))


async def put_pin(request: Request) -> None:
    """Pin."""
    await pin(request.ctx, request.id("channel_id"), request.id("message_id"), pinned=True)


async def delete_pin(request: Request) -> None:
    """Unpin."""
    await pin(request.ctx, request.id("channel_id"), request.id("message_id"), pinned=False)


_ONE = CHANNEL + "/messages/{message_id}"

ROUTES = (
    Route(
        method="POST",
        path=CHANNEL + "/messages",
        handler=post_message,
        summary="Send a message.",
        access=needs(int(Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES)),
        body=MessageCreate,
        raw=True,
        answer=Message,
        bucket=_SEND,
    ),
    Route(
        method="GET",
        path=CHANNEL + "/messages",
        handler=get_page,
        summary="A page of messages, newest first.",
        access=SEE,
        query=PageQuery,
        answer=list[Message],
        bucket=_READ,
    ),
    Route(
        method="POST",
        path=CHANNEL + "/messages/bulk-delete",
        handler=post_bulk_delete,
        summary="Delete 2 to 100 messages.",
        access=needs(int(Permission.VIEW_CHANNEL | Permission.MANAGE_MESSAGES)),
        body=BulkDelete,
        status=204,
        bucket=_BULK,
    ),
    Route(
        method="GET",
        path=CHANNEL + "/messages/pins",
        handler=get_pins,
        summary="A page of pinned messages.",
        access=SEE,
        query=PinsQuery,
        answer=dict[str, Any],
        bucket=_PINS,
    ),
    Route(
        method="PUT",
        path=CHANNEL + "/messages/pins/{message_id}",
        handler=put_pin,
        summary="Pin a message.",
        access=SEE,
        status=204,
        bucket=_PINS,
    ),
    Route(
        method="DELETE",
        path=CHANNEL + "/messages/pins/{message_id}",
        handler=delete_pin,
        summary="Unpin a message.",
        access=SEE,
        status=204,
        bucket=_PINS,
    ),
    Route(
        method="GET",
        path=CHANNEL + "/pins",
        handler=get_old_pins,
        summary="The pinned messages, in the older form.",
        access=SEE,
        answer=list[Message],
        bucket=_PINS,
    ),
    Route(
        method="PUT",
        path=CHANNEL + "/pins/{message_id}",
        handler=put_pin,
        summary="Pin a message, in the older form.",
        access=SEE,
        status=204,
        bucket=_PINS,
    ),
    Route(
        method="DELETE",
        path=CHANNEL + "/pins/{message_id}",
        handler=delete_pin,
        summary="Unpin a message, in the older form.",
        access=SEE,
        status=204,
        bucket=_PINS,
    ),
    Route(
        method="GET",
        path=_ONE,
        handler=get_one,
        summary="One message.",
        access=SEE,
        answer=Message,
        bucket=_READ,
    ),
    Route(
        method="PATCH",
        path=_ONE,
        handler=patch_message,
        summary="Edit a message.",
        access=SEE,
        body=MessagePatch,
        raw=True,
        answer=Message,
        bucket=_EDIT,
    ),
    Route(
        method="DELETE",
        path=_ONE,
        handler=delete_message,
        summary="Delete a message.",
        access=SEE,
        status=204,
        bucket=_DELETE,
    ),
)
