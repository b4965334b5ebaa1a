"""Writing history to disk: page by page, so that memory does not grow with the channel, and under its name only when whole."""

from __future__ import annotations

import asyncio
import os
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec

from agora.domains.operations.transfer.formats import SUFFIX, Writer, open_writer
from agora.domains.operations.transfer.model import Format
from agora.domains.operations.transfer.names import archive_name
from agora.domains.operations.transfer.queries import Entry, count_messages, list_entries
from agora.domains.operations.transfer.shapes import build_guild, channel_name
from agora.domains.place.permissions import ChannelFacts, Directory, check, check_guild
from agora.domains.talk.files import Attached
from agora.kernel.ctx import Ctx
from agora.kernel.errors import BadRequest, Forbidden, NotFound
from agora.kernel.files import Files
from agora.protocol.channel_types import TEXTUAL
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import Permission

PAGE = 500
_READ = int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)
# Who takes a whole channel along takes other people's words with them: only who looks after them may.
_CHANNEL = _READ | int(Permission.MANAGE_MESSAGES)
_GUILD = int(Permission.MANAGE_GUILD)

Progress = Callable[[int, int], Awaitable[None]]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is written: one channel, or all channels of a guild in a zip. ``files`` takes attachments along, always in a zip."""

    channels: tuple[ChannelFacts, ...]
    format: Format
    files: bool = False
    zipped: bool = False
    locale: str = "en"


class Written(msgspec.Struct, frozen=True):
    """What lies on disk now: bytes, messages, attachments."""

    size: int
    messages: int
    files: int


def plan_channel(ctx: Ctx, channel_id: int, format: Format, *, files: bool) -> Wanted:
    """Export of one channel. Raises NotFound 10003, Forbidden 50001 or 50013, BadRequest for a channel without messages."""
    channel = check(ctx, _READ, channel_id=channel_id)
    if channel.guild_id is not None:
        check(ctx, _CHANNEL, channel_id=channel_id)
    if channel.type not in TEXTUAL:
        raise BadRequest(MESSAGES[ErrorCode.CANNOT_SEND_IN_NON_TEXT], code=ErrorCode.CANNOT_SEND_IN_NON_TEXT)
    return Wanted(channels=(channel,), format=format, files=files, zipped=files, locale=ctx.locale)


def plan_guild(ctx: Ctx, guild_id: int, format: Format, *, files: bool) -> Wanted:
    """Export of every channel and thread of a guild that the actor may read. Raises NotFound 10004, Forbidden."""
    check_guild(ctx, _GUILD, guild_id=guild_id)
    directory = ctx.app.get(Directory)
    found = [c for c in (*directory.channels(guild_id), *directory.threads(guild_id)) if c.type in TEXTUAL and _may_read(ctx, c)]
    return Wanted(channels=tuple(found), format=format, files=files, zipped=True, locale=ctx.locale)


def _may_read(ctx: Ctx, channel: ChannelFacts) -> bool:
    try:
        check(ctx, _READ, channel_id=channel.id)
    except (Forbidden, NotFound):
        return False
    return True


async def write_export(ctx: Ctx, wanted: Wanted, target: Path, progress: Progress) -> Written:
    """Write it all; ``progress(done, total)`` is awaited after each page. Raises OSError when the disk is full."""
    total = await ctx.read(count_messages, [channel.id for channel in wanted.channels])
    draft = target.with_name(f"{target.name}.part")
    await asyncio.to_thread(target.parent.mkdir, mode=0o700, parents=True, exist_ok=True)
    try:
        run = _Run(ctx, wanted, draft, progress, total)
        await run.write()
        await asyncio.to_thread(os.replace, draft, target)
    finally:
        with suppress(FileNotFoundError):
            await asyncio.to_thread(draft.unlink)
    return Written((await asyncio.to_thread(target.stat)).st_size, run.done, run.files)


class _Run:
    """One export being written."""

    def __init__(self, ctx: Ctx, wanted: Wanted, draft: Path, progress: Progress, total: int) -> None:
        self._ctx = ctx
        self._wanted = wanted
        self._draft = draft
        self._progress = progress
        self._total = total
        self._media: list[tuple[str, str]] = []
        self.done = 0
        self.files = 0

    async def write(self) -> None:
        if not self._wanted.zipped:
            with await asyncio.to_thread(_open_private, self._draft) as out:
                await self._write_channel(self._wanted.channels[0], out)
                await asyncio.to_thread(_sync, out)
            return
        with await asyncio.to_thread(_open_private, self._draft) as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
                for channel in self._wanted.channels:
                    with archive.open(self._name(channel), "w", force_zip64=True) as entry:
                        await self._write_channel(channel, entry)
                await self._write_media(archive)
            await asyncio.to_thread(_sync, out)

    def _name(self, channel: ChannelFacts) -> str:
        guild = build_guild(self._ctx.app, channel)["name"]
        return archive_name(guild, channel_name(self._ctx.app, channel), channel.id, SUFFIX[self._wanted.format])

    async def _write_channel(self, channel: ChannelFacts, out: IO[bytes]) -> None:
        app, format = self._ctx.app, self._wanted.format
        writer = await asyncio.to_thread(open_writer, app, channel, format, self._wanted.locale)
        await asyncio.to_thread(_put, out, writer.head)
        after = count = 0
        while entries := await self._ctx.read(list_entries, channel.id, after, PAGE):
            paths = self._paths(entries) if self._wanted.files else {}
            await asyncio.to_thread(_put_page, out, writer, entries, paths)
            after, count = int(entries[-1].message.id), count + len(entries)
            self.done += len(entries)
            await self._progress(self.done, max(self._total, self.done))
        await asyncio.to_thread(out.write, writer.foot(count).encode())

    def _paths(self, entries: Sequence[Entry]) -> dict[int, str]:
        """Where the files of these messages will lie; a file keeps its id in its name, so two are never one."""
        paths = {}
        for file in (file for entry in entries for file in entry.files):
            paths[file.id] = _media_path(file)
            self._media.append((file.hash, paths[file.id]))
        return paths

    async def _write_media(self, archive: zipfile.ZipFile) -> None:
        files = self._ctx.app.get(Files)
        for hash, path in self._media:
            if files.find(hash) is None:
                continue
            with archive.open(path, "w", force_zip64=True) as entry:
                async for chunk in files.open(hash):
                    await asyncio.to_thread(entry.write, chunk)
            self.files += 1


def _media_path(file: Attached) -> str:
    return f"media/{file.id}-{file.filename}"


def _open_private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b")


def _put(out: IO[bytes], make: Callable[[], str]) -> None:
    out.write(make().encode())


def _put_page(out: IO[bytes], writer: Writer, entries: Sequence[Entry], paths: dict[int, str]) -> None:
    out.write(writer.page(entries, paths).encode("utf-8", "replace"))


def _sync(out: IO[bytes]) -> None:
    out.flush()
    os.fsync(out.fileno())
