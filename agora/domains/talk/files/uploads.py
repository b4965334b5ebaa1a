"""Uploads that come before their message: announce, put the content, name it in ``attachments`` by ``uploaded_filename``.

The way of Discord's own clients: a long upload can begin while one still writes, and is not lost with a failed message.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from agora.domains.place.permissions import check
from agora.domains.talk.files.claim import AttachmentBody, check_number
from agora.domains.talk.files.form import CHUNK, store_file
from agora.domains.talk.files.links import Links
from agora.domains.talk.files.model import Received, Upload
from agora.domains.talk.files.names import clean_name
from agora.domains.talk.files.queries import find_upload, find_usage
from agora.domains.talk.files.settings import AttachmentSettings
from agora.domains.talk.files.writes import check_room, do_announce, do_arrive
from agora.kernel.access import ANYONE, needs
from agora.kernel.ctx import Ctx
from agora.kernel.errors import NotFound, TooLarge, invalid
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.ids import Id, parse
from agora.protocol.permissions import Permission

_NEEDED = int(Permission.VIEW_CHANNEL | Permission.ATTACH_FILES)


class Announced(msgspec.Struct, frozen=True):
    """A file that is to come; ``id`` is only for finding it in the answer."""

    filename: Annotated[str, Meta(min_length=1, max_length=1024)]
    file_size: Annotated[int, Meta(ge=0)]
    id: Id | None = None


class AnnounceBody(msgspec.Struct, frozen=True):
    """The files of one message."""

    files: Annotated[list[Announced], Meta(min_length=1, max_length=10)]


class Slot(msgspec.Struct, frozen=True):
    """Where to put a file (``PUT``), and what to call it in ``attachments`` (``uploaded_filename``)."""

    id: Any
    upload_url: str
    upload_filename: str


class Slots(msgspec.Struct, frozen=True):
    """In the order of the question."""

    attachments: list[Slot]


class PutQuery(msgspec.Struct, frozen=True):
    """The signature."""

    hm: str = ""


async def post_announce(request: Request) -> Slots:
    """Announce files; refuses at once what would be too large."""
    ctx, channel_id = request.ctx, request.id("channel_id")
    files = request.body.files
    check_number(ctx.app, len(files))
    most = ctx.app.config.get(AttachmentSettings).attachment_mib
    for each in files:
        if each.file_size > most << 20:
            raise TooLarge(f"{clean_name(each.filename)} is too large: a file may have at most {most} MiB.")
    guild_id = check(ctx, _NEEDED, channel_id=channel_id).guild_id
    await ctx.read(check_room, ctx.actor.user_id, guild_id, sum(each.file_size for each in files))
    uploads = [
        Upload(
            id=ctx.app.ids.next(),
            channel_id=channel_id,
            user_id=ctx.actor.user_id,
            filename=clean_name(each.filename),
            at=ctx.app.clock.now_ms(),
            size=each.file_size,
        )
        for each in files
    ]
    await ctx.write(do_announce, uploads)
    links = ctx.app.get(Links)
    pairs = zip(files, uploads, strict=True)
    return Slots([Slot(each.id, links.build_upload(upload.id), f"{upload.id}/{upload.filename}") for each, upload in pairs])


async def put_content(request: Request) -> None:
    """Take the content of an announced file. The address is the permission: it was given only to who may attach."""
    ctx, upload_id = request.ctx, request.id("upload_id")
    upload = await ctx.read(find_upload, upload_id) if ctx.app.get(Links).is_upload(upload_id, request.query.hm) else None
    if upload is None:
        raise NotFound("This upload does not exist any more: announce it again.")
    room = await ctx.read(find_usage, upload.user_id, None)
    content = request.http.content.iter_chunked(CHUNK)
    await ctx.write(do_arrive, upload_id, await store_file(ctx, 0, upload.filename, content, room))


async def take_uploads(ctx: Ctx, channel_id: int, bodies: Sequence[AttachmentBody] | None) -> tuple[Received, ...]:
    """The files that entries of ``attachments`` name by ``uploaded_filename``. Raises 400 for what is not there for the caller."""
    found = []
    for position, body in enumerate(bodies or ()):
        if body.uploaded_filename is None:
            continue
        upload_id = parse(body.uploaded_filename.partition("/")[0])
        upload = None if upload_id is None else await ctx.read(find_upload, upload_id)
        if upload is None or (upload.user_id, upload.channel_id) != (ctx.actor.user_id, channel_id) or upload.hash is None:
            raise invalid(f"attachments.{position}.uploaded_filename", "This file was not uploaded.", "ATTACHMENT_NOT_FOUND")
        index = parse(body.id)
        if index is None:
            raise invalid(f"attachments.{position}.id", "Value is not snowflake.", "NUMBER_TYPE_COERCE")
        kind = upload.content_type or ""
        found.append(Received(index, upload.filename, upload.hash, upload.size, kind, upload.width, upload.height))
    return tuple(found)


ROUTES = (
    Route(
        method="POST",
        path="/api/v10/channels/{channel_id}/attachments",
        handler=post_announce,
        summary="Announce files that come before their message.",
        access=needs(_NEEDED),
        body=AnnounceBody,
        answer=Slots,
        bucket=Bucket("files.announce", 10, 5.0, by="channel_id"),
    ),
    Route(
        method="PUT",
        path="/uploads/{upload_id}",
        handler=put_content,
        summary="The content of an announced file, by its signed address.",
        access=ANYONE,
        raw=True,
        query=PutQuery,
        status=204,
        bucket=Bucket("files.put", 30, 10.0),
    ),
)
