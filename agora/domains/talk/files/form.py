"""Discord's upload form: ``payload_json`` and ``files[n]``; files go to disk as they come, hashed and sniffed.

https://discord.com/developers/docs/reference#uploading-files
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from typing import Any, Generic, TypeVar

import msgspec
from aiohttp import BodyPartReader

from agora.domains.talk.files.measure import Size, measure
from agora.domains.talk.files.model import Received, Usage
from agora.domains.talk.files.names import clean_name
from agora.domains.talk.files.queries import find_usage
from agora.domains.talk.files.settings import AttachmentSettings
from agora.domains.talk.files.sniff import HEAD, sniff
from agora.domains.talk.files.writes import do_note
from agora.kernel.ctx import Ctx
from agora.kernel.decode import DECODERS
from agora.kernel.errors import BadRequest, TooLarge, invalid
from agora.kernel.files import Files
from agora.kernel.http import Request

T = TypeVar("T")
MAX_JSON = 1 << 20  # bytes, all fields that are not files together
CHUNK = 1 << 16
_FIELD = re.compile(r"files\[(\d{1,4})\]")
_MAX_FIELDS = 50


class Form(msgspec.Struct, Generic[T], frozen=True):
    """What a request holds: its JSON, decoded and checked, and its files, stored."""

    body: T
    files: tuple[Received, ...] = ()


async def read_form(request: Request, kind: type[T], guild_id: int | None, check: Callable[[], object]) -> Form[T]:
    """The body of a route that takes files, also when it is plain JSON.

    ``check`` is called before the first file is read and may refuse it. Raises 413 for what is too large or has no room left,
    400 for what cannot be read or shown.
    """
    if request.http.content_type != "multipart/form-data":
        return Form(await DECODERS.read(kind, request.http, MAX_JSON))
    return await _Reader(request.ctx, guild_id, check).read(request, kind)


class _Reader:
    """One form being read."""

    def __init__(self, ctx: Ctx, guild_id: int | None, check: Callable[[], object]) -> None:
        self._ctx = ctx
        self._guild_id = guild_id
        self._check = check
        self._settings = ctx.app.config.get(AttachmentSettings)
        self._files: dict[int, Received] = {}
        self._fields: dict[str, str] = {}
        self._text_left = MAX_JSON
        self._room: Usage | None = None
        self._taken = 0

    async def read(self, request: Request, kind: type[T]) -> Form[T]:
        most = self._settings.attachments * (self._settings.attachment_mib << 20) + MAX_JSON
        if (request.http.content_length or 0) > most:
            raise TooLarge(f"The request is larger than {most >> 20} MiB: send fewer or smaller files.")
        try:
            parts = 0
            async for part in await request.http.multipart():
                parts += 1
                if parts > _MAX_FIELDS or not isinstance(part, BodyPartReader):
                    raise BadRequest("The multipart body has too many parts.", code=50109)
                await self._take(part)
        except (ValueError, AssertionError) as error:  # aiohttp's ways to say that the form is broken
            raise BadRequest(f"The multipart body cannot be read: {error}", code=50109) from None
        files = tuple(self._files[index] for index in sorted(self._files))
        if files:
            await self._ctx.write(do_note, [file.hash for file in files])
        return Form(self._decode(kind), files)

    async def _take(self, part: BodyPartReader) -> None:
        name = part.name or ""
        if part.filename is None and _FIELD.fullmatch(name) is None:
            self._fields[name] = await self._read_text(part)
            return
        index = self._index(name)
        if not self._files:
            self._check()
            self._room = await self._ctx.read(find_usage, self._ctx.actor.user_id, self._guild_id)
        if len(self._files) >= self._settings.attachments:
            raise invalid("files", f"Must be {self._settings.attachments} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
        self._files[index] = await self._store(part, index)

    def _index(self, name: str) -> int:
        """The number in ``files[n]``; any other field takes the next free one, as ``curl -F file=@…`` expects."""
        found = _FIELD.fullmatch(name)
        index = int(found[1]) if found else max(self._files, default=-1) + 1
        if index in self._files:
            raise invalid("files", f"files[{index}] stands twice in the form.")
        return index

    async def _read_text(self, part: BodyPartReader) -> str:
        raw = bytearray()
        while chunk := await part.read_chunk(CHUNK):
            raw += chunk
            if len(raw) > self._text_left:
                raise TooLarge(f"The fields of the form are larger than {MAX_JSON} bytes: send less.")
        self._text_left -= len(raw)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            raise invalid(part.name or "body", "This is not UTF-8.") from None

    async def _store(self, part: BodyPartReader, index: int) -> Received:
        assert self._room is not None
        room = Usage(self._room.used + self._taken, self._room.quota)
        file = await store_file(self._ctx, index, part.filename, _chunks(part), room)
        self._taken += file.size
        return file

    def _decode(self, kind: type[T]) -> T:
        fields: dict[str, Any] = dict(self._fields)
        body: T
        if "payload_json" in fields:
            body = DECODERS.json(kind, fields["payload_json"].encode())
        else:
            body = DECODERS.form(kind, fields)
        return body


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(CHUNK):
        yield chunk


async def store_file(ctx: Ctx, index: int, name: str | None, content: AsyncIterator[bytes], room: Usage) -> Received:
    """Write a file to disk as it comes, and find out what it is. Raises 413 when it is too large or there is no room, 400 for
    an image with too many pixels.
    """
    filename, head, store = clean_name(name), bytearray(), ctx.app.get(Files)
    settings = ctx.app.config.get(AttachmentSettings)
    ref = await store.put(_bounded(content, filename, head, settings.attachment_mib, room))
    content_type = sniff(bytes(head), filename)
    size = await asyncio.to_thread(_measure, store, ref.hash, content_type)
    _check_pixels(index, filename, size, settings.max_megapixels)
    width, height = size or (None, None)
    return Received(index, filename, ref.hash, ref.size, content_type, width, height)


async def _bounded(
    content: AsyncIterator[bytes], filename: str, head: bytearray, most_mib: int, room: Usage
) -> AsyncIterator[bytes]:
    """The content, its beginning also in ``head``, until it is too much."""
    size = 0
    async for chunk in content:
        size += len(chunk)
        if size > most_mib << 20:
            raise TooLarge(f"{filename} is too large: a file may have at most {most_mib} MiB.")
        if size > room.left:
            used, quota = room.used >> 20, room.quota >> 20
            raise TooLarge(f"No room left: {used} of {quota} MiB are used. Delete files you no longer need.")
        if len(head) < HEAD:
            head += chunk[: HEAD - len(head)]
        yield chunk


def _check_pixels(index: int, filename: str, size: Size | None, most: int) -> None:
    if size is not None and size[0] * size[1] > most * 1_000_000:
        raise invalid(
            f"files.{index}",
            f"{filename} has {size[0]} × {size[1]} pixels: an image may have at most {most} million.",
            "IMAGE_TOO_LARGE",
        )


def _measure(store: Files, hash: str, content_type: str) -> Size | None:
    with store.open_file(hash) as file:
        return measure(file, content_type)
