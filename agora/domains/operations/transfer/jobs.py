"""The work itself: durable jobs that begin again after a crash, and the daily tidying."""

from __future__ import annotations

import asyncio
import logging
import time

from agora.domains.operations.transfer.detect import open_source
from agora.domains.operations.transfer.exporting import Progress, Wanted, plan_channel, plan_guild, write_export
from agora.domains.operations.transfer.importing import bring
from agora.domains.operations.transfer.model import Run, State, Task
from agora.domains.operations.transfer.options import Options
from agora.domains.operations.transfer.queries import find_task, list_old
from agora.domains.operations.transfer.records import Problem
from agora.domains.operations.transfer.service import drop, export_path, folder, import_path
from agora.domains.operations.transfer.settings import TransferSettings
from agora.domains.operations.transfer.writes import do_fail, do_progress, do_succeed
from agora.kernel.auth import Actor
from agora.kernel.ctx import Ctx
from agora.kernel.errors import AgoraError

log = logging.getLogger(__name__)

STEP_S = 0.5  # how often progress is written down
DAY_MS = 86_400_000


def progress_of(ctx: Ctx, task: Task) -> Progress:
    """Writes down how far a transfer is, but not each time."""
    last = 0.0

    async def tell(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= STEP_S:
            last = now
            await ctx.write(do_progress, task.id, done, total)

    return tell


async def run_export(ctx: Ctx, run: Run) -> None:
    """Write an export; who asked for it must still be allowed to have it."""
    task = await ctx.read(find_task, run.task_id)
    if task is None or task.state in (State.DONE, State.FAILED):
        return
    try:
        wanted = _plan(ctx.acting_as(Actor(user_id=task.user_id, locale=task.locale)), task)
        written = await write_export(ctx, wanted, export_path(ctx.app, task), progress_of(ctx, task))
    except AgoraError as error:
        await ctx.write(do_fail, task.id, error.message)
    except OSError as error:
        await ctx.write(do_fail, task.id, f"The file could not be written ({error.strerror}): free some space and export again.")
    except Exception:
        log.exception("the export %d failed", task.id)
        await ctx.write(do_fail, task.id, f"The export failed in a way nobody foresaw; the log tells more under export {task.id}.")
    else:
        await ctx.write(do_succeed, task.id, size=written.size, done=written.messages)


def _plan(ctx: Ctx, task: Task) -> Wanted:
    if task.channel_id is not None:
        return plan_channel(ctx, task.channel_id, task.format, files=task.files)
    return plan_guild(ctx, task.guild_id or 0, task.format, files=task.files)


async def run_import(ctx: Ctx, run: Run) -> None:
    """Read a file that was sent. Only a crash makes it begin again; then it passes over what came already."""
    task = await ctx.read(find_task, run.task_id)
    if task is None or task.state in (State.DONE, State.FAILED):
        return
    path, settings = import_path(ctx.app, task.id), ctx.app.config.get(TransferSettings)
    options = Options(owner_id=task.user_id, guild_id=task.guild_id, dry_run=task.dry_run, match=task.match, name=task.name)
    try:
        source = await asyncio.to_thread(open_source, path, settings.max_unpacked_mib << 20, task.name)
        try:
            done = await bring(ctx, source, options, progress_of(ctx, task))
        finally:
            source.close()
    except Problem as error:
        await ctx.write(do_fail, task.id, str(error))
    except AgoraError as error:
        await ctx.write(do_fail, task.id, error.message)
    except Exception:
        log.exception("the import %d failed", task.id)
        await ctx.write(do_fail, task.id, f"The import failed in a way nobody foresaw; the log tells more under import {task.id}.")
    else:
        await ctx.write(do_succeed, task.id, size=task.size, done=task.size, report=done.report, guild_id=done.guild_id)
    await asyncio.to_thread(path.unlink, missing_ok=True)


async def tidy(ctx: Ctx) -> None:
    """Exports that nobody fetched, and notes of old transfers, go after ``keep_days``; so do pieces that a crash left."""
    before = ctx.app.clock.now_ms() - ctx.app.config.get(TransferSettings).keep_days * DAY_MS
    for task_id in await ctx.read(list_old, before):
        await drop(ctx, task_id)
    for path in await asyncio.to_thread(lambda: list(folder(ctx.app).glob("*.part"))):
        if (await asyncio.to_thread(path.stat)).st_mtime * 1000 < before:
            await asyncio.to_thread(path.unlink)
