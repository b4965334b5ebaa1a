"""A file that comes from elsewhere than a form: stored, hashed and sniffed in the same way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator

from agora.domains.talk.files.measure import Size, measure
from agora.domains.talk.files.model import Received
from agora.domains.talk.files.names import clean_name
from agora.domains.talk.files.settings import AttachmentSettings
from agora.domains.talk.files.sniff import HEAD, sniff
from agora.domains.talk.files.writes import do_note
from agora.kernel.ctx import Ctx
from agora.kernel.errors import TooLarge
from agora.kernel.files import Files


async def receive(ctx: Ctx, name: str, chunks: AsyncIterable[bytes], *, index: int = 0, description: str | None = None) -> Received:
    """Store a file for a message that will be written soon. Raises TooLarge above the limit for attachments."""
    filename, head = clean_name(name), bytearray()
    limit = ctx.app.config.get(AttachmentSettings).attachment_mib << 20
    store = ctx.app.get(Files)
    ref = await store.put(_watched(chunks, head, limit, filename))
    await ctx.write(do_note, [ref.hash])
    content_type = sniff(bytes(head), filename)
    size = await asyncio.to_thread(_measure, store, ref.hash, content_type)
    width, height = size or (None, None)
    return Received(index, filename, ref.hash, ref.size, content_type, width, height, description)


async def _watched(chunks: AsyncIterable[bytes], head: bytearray, limit: int, filename: str) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"{filename} is too large: a file may have at most {limit >> 20} MiB.")
        if len(head) < HEAD:
            head += chunk[: HEAD - len(head)]
        yield chunk


def _measure(store: Files, hash: str, content_type: str) -> Size | None:
    with store.open_file(hash) as file:
        return measure(file, content_type)
