"""Asking for transfers, looking at them, and fetching what came of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from contextlib import suppress
from pathlib import Path

import msgspec

from agora.domains.operations.transfer.exporting import Wanted, plan_channel, plan_guild
from agora.domains.operations.transfer.formats import SUFFIX
from agora.domains.operations.transfer.model import Format, Kind, State, Task
from agora.domains.operations.transfer.names import clean
from agora.domains.operations.transfer.queries import count_unfinished, find_task
from agora.domains.operations.transfer.settings import TransferSettings
from agora.domains.operations.transfer.shapes import channel_name
from agora.domains.operations.transfer.writes import do_begin, do_forget
from agora.domains.place.permissions import Directory
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.kernel.errors import Conflict, NotFound, TooLarge, Unavailable
from agora.kernel.jobs import Jobs
from agora.protocol.error_codes import MESSAGES, ErrorCode


def folder(app: App) -> Path:
    """Where exports lie until they are fetched, and imports until they are read; not part of a backup."""
    return app.data / "transfers"


def export_path(app: App, task: Task) -> Path:
    """The file of an export."""
    return folder(app) / f"{task.id}.export"


def import_path(app: App, task_id: int) -> Path:
    """The file that was sent to be imported."""
    return folder(app) / f"{task_id}.import"


async def export_channel(ctx: Ctx, channel_id: int, format: Format, *, files: bool) -> Task:
    """Ask for a channel. Raises as ``plan_channel``, and 409 when too many wait."""
    wanted = plan_channel(ctx, channel_id, format, files=files)
    channel = wanted.channels[0]
    return await _begin(ctx, wanted, channel_name(ctx.app, channel), guild_id=channel.guild_id, channel_id=channel_id)


async def export_guild(ctx: Ctx, guild_id: int, format: Format, *, files: bool) -> Task:
    """Ask for all of a guild. Raises as ``plan_guild``, and 409 when too many wait."""
    wanted = plan_guild(ctx, guild_id, format, files=files)
    guild = ctx.app.get(Directory).guild(guild_id)
    return await _begin(ctx, wanted, guild.name if guild is not None else str(guild_id), guild_id=guild_id)


async def _begin(ctx: Ctx, wanted: Wanted, name: str, *, guild_id: int | None, channel_id: int | None = None) -> Task:
    suffix = "zip" if wanted.zipped else SUFFIX[wanted.format]
    return await begin(
        ctx,
        Task(
            id=ctx.app.ids.next(),
            kind=Kind.EXPORT,
            state=State.WAITING,
            user_id=ctx.actor.user_id,
            name=f"{clean(name)}.{suffix}",
            created_at=ctx.app.clock.now_ms(),
            guild_id=guild_id,
            channel_id=channel_id,
            format=wanted.format,
            files=wanted.files,
            locale=ctx.locale,
        ),
    )


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """How a file that was sent is to be imported; ``name`` is what the file is called."""

    name: str
    guild_id: int | None = None
    dry_run: bool = False
    match: bool = False


async def import_file(ctx: Ctx, wish: Wish, chunks: AsyncIterable[bytes]) -> Task:
    """Take a file and queue its import. Raises 413 when it is too large, 409 when too many wait, 503 on a full disk."""
    await check_room(ctx)
    if wish.guild_id is not None and ctx.app.get(Directory).guild(wish.guild_id) is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_GUILD], code=ErrorCode.UNKNOWN_GUILD)
    task_id = ctx.app.ids.next()
    size = await _take_in(ctx, import_path(ctx.app, task_id), chunks)
    task = Task(
        id=task_id,
        kind=Kind.IMPORT,
        state=State.WAITING,
        user_id=ctx.actor.user_id,
        name=clean(wish.name),
        created_at=ctx.app.clock.now_ms(),
        guild_id=wish.guild_id,
        dry_run=wish.dry_run,
        match=wish.match,
        locale=ctx.locale,
        total=size,
        size=size,
    )
    return await begin(ctx, task)


async def _take_in(ctx: Ctx, path: Path, chunks: AsyncIterable[bytes]) -> int:
    limit = ctx.app.config.get(TransferSettings).max_import_mib << 20
    draft, size = path.with_name(f"{path.name}.part"), 0
    await asyncio.to_thread(path.parent.mkdir, mode=0o700, parents=True, exist_ok=True)
    try:
        with await asyncio.to_thread(draft.open, "xb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise TooLarge(f"The file is larger than {limit >> 20} MiB ([transfer] max_import_mib).")
                await asyncio.to_thread(file.write, chunk)
        await asyncio.to_thread(draft.replace, path)
    except OSError as error:
        raise Unavailable(f"The file could not be stored ({error.strerror}): free some space and send it again.") from error
    finally:
        await asyncio.to_thread(draft.unlink, missing_ok=True)
    return size


async def begin(ctx: Ctx, task: Task) -> Task:
    """Queue a transfer and start it without delay. Raises 409 when too many of the user wait or run."""
    await check_room(ctx)
    made = await ctx.write(do_begin, task)
    ctx.app.get(Jobs).poke()
    return made


async def check_room(ctx: Ctx) -> None:
    """Raise 409 when too many transfers of the actor wait or run."""
    most = ctx.app.config.get(TransferSettings).per_user
    if await ctx.read(count_unfinished, ctx.actor.user_id) >= most:
        raise Conflict(f"{most} transfers of yours are not finished: wait for one of them.")


async def get_task(ctx: Ctx, task_id: int) -> Task:
    """A transfer of the actor. Raises NotFound for any other: not even the owner sees what somebody takes out of their messages."""
    task = await ctx.read(find_task, task_id)
    if task is None or task.user_id != ctx.actor.user_id:
        raise NotFound("Unknown transfer")
    return task


async def get_file(ctx: Ctx, task_id: int) -> tuple[Task, Path]:
    """An export that is ready. Raises NotFound, 409 while it is not, and Forbidden when the actor may no longer read there."""
    task = await get_task(ctx, task_id)
    path = export_path(ctx.app, task)
    if task.kind is not Kind.EXPORT:
        raise NotFound("Unknown transfer")
    if task.state is not State.DONE:
        raise Conflict("The export is not ready.")
    _check_still(ctx, task)
    if not await asyncio.to_thread(path.is_file):
        raise NotFound("The file of this export is gone: export again.")
    return task, path


def _check_still(ctx: Ctx, task: Task) -> None:
    """Rights may have gone since; a place that is gone has no rights any more."""
    directory = ctx.app.get(Directory)
    if task.channel_id is not None:
        if directory.channel(task.channel_id) is not None:
            plan_channel(ctx, task.channel_id, task.format, files=task.files)
    elif task.guild_id is not None and directory.guild(task.guild_id) is not None:
        plan_guild(ctx, task.guild_id, task.format, files=task.files)


async def forget(ctx: Ctx, task_id: int) -> None:
    """Remove a transfer that ended, with its file. Raises NotFound, 409 while it runs."""
    task = await get_task(ctx, task_id)
    if task.state in (State.WAITING, State.RUNNING):
        raise Conflict("The transfer is not finished: wait for its end.")
    await drop(ctx, task_id)


async def drop(ctx: Ctx, task_id: int) -> None:
    """Row and files of a transfer go."""
    await ctx.write(do_forget, task_id)
    for suffix in ("export", "import"):
        with suppress(FileNotFoundError):
            await asyncio.to_thread((folder(ctx.app) / f"{task_id}.{suffix}").unlink)
