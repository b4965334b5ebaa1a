"""REST of files: their content by signed address, fresh addresses, and what one may upload."""

from __future__ import annotations

from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from agora.domains.place.permissions import Directory
from agora.domains.talk.files.links import Links, read_address, signed_path
from agora.domains.talk.files.model import Attached
from agora.domains.talk.files.queries import find_file, find_usage
from agora.domains.talk.files.serving import send_file
from agora.domains.talk.files.settings import AttachmentSettings
from agora.kernel.access import ANYONE, SIGNED_IN
from agora.kernel.ctx import Ctx
from agora.kernel.errors import NotFound, invalid
from agora.kernel.http import Bucket, Request, Route
from agora.protocol.permissions import Permission

_READ = int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)


class LinkQuery(msgspec.Struct, frozen=True):
    """The signature: when the address ends and was made (hexadecimal seconds), and the HMAC."""

    ex: str = ""
    issued: str = msgspec.field(default="", name="is")
    hm: str = ""


class RefreshBody(msgspec.Struct, frozen=True):
    """Addresses of files that may have ended."""

    attachment_urls: Annotated[list[str], Meta(max_length=50)]


class Refreshed(msgspec.Struct, frozen=True):
    """An address and its fresh one: null for what is no file that the caller may read."""

    original: str
    refreshed: str | None


class RefreshAnswer(msgspec.Struct, frozen=True):
    """In the order of the question."""

    refreshed_urls: list[Refreshed]


class Limits(msgspec.Struct, frozen=True):
    """What the caller may upload: bytes of one file, files of one message, bytes used and allowed in all."""

    max_size: int
    max_files: int
    used: int
    quota: int


async def get_attachment(request: Request) -> web.StreamResponse:
    """The content. The signature is the permission, so that pictures load anywhere the message is shown."""
    channel_id, file_id, filename = request.id("channel_id"), request.id("attachment_id"), request.path["filename"]
    path, query = signed_path(channel_id, file_id, filename), request.query
    valid = request.ctx.app.get(Links).is_valid(path, query.ex, query.issued, query.hm)
    file = await request.ctx.read(find_file, file_id) if valid else None
    if file is None:
        raise NotFound("This content is no longer available.")
    return await send_file(request, file)


async def post_refresh(request: Request) -> RefreshAnswer:
    """Fresh addresses for who may read the messages."""
    return RefreshAnswer([Refreshed(url, await _refresh(request.ctx, url)) for url in request.body.attachment_urls])


async def _refresh(ctx: Ctx, url: str) -> str | None:
    found = read_address(url)
    if found is None:
        raise invalid("attachment_urls", f"This is no address of a file here: {url[:100]}", "URL_TYPE_INVALID_URL")
    channel_id, file_id, _ = found
    if ctx.app.get(Directory).permissions(ctx.actor.user_id, channel_id) & _READ != _READ:
        return None
    file: Attached | None = await ctx.read(find_file, file_id)
    return None if file is None or file.channel_id != channel_id else ctx.app.get(Links).build(file)


async def get_limits(request: Request) -> Limits:
    """For the page, which says no before a long upload."""
    settings = request.ctx.app.config.get(AttachmentSettings)
    usage = await request.ctx.read(find_usage, request.ctx.actor.user_id, None)
    return Limits(settings.attachment_mib << 20, settings.attachments, usage.used, usage.quota)


ROUTES = (
    Route(
        method="GET",
        path="/attachments/{channel_id}/{attachment_id}/{filename}",
        handler=get_attachment,
        summary="A file of a message, whole or a range of it, by its signed address.",
        access=ANYONE,
        query=LinkQuery,
        bucket=Bucket("files.content", 600, 10.0),
    ),
    Route(
        method="POST",
        path="/api/v10/attachments/refresh-urls",
        handler=post_refresh,
        summary="Fresh addresses for files whose addresses have ended.",
        access=SIGNED_IN,
        body=RefreshBody,
        answer=RefreshAnswer,
        bucket=Bucket("files.refresh", 20, 10.0),
    ),
    Route(
        method="GET",
        path="/api/agora/files/limits",
        handler=get_limits,
        summary="What one may upload, and how much room is left.",
        access=SIGNED_IN,
        answer=Limits,
        bucket=Bucket("files.limits", 30, 10.0),
    ),
)
