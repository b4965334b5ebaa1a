"""Jobs: work that survives a crash (a queue in the database), and work on a schedule (``Domain.jobs``).

A domain offers ``Worker("files.thumbnail", Thumbnail, make_thumbnail)`` and enqueues inside its own transaction with
``do_enqueue(tx, "files.thumbnail", Thumbnail(...), key=…)``. A job runs at least once; ``job id`` is in the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

import msgspec

from agora.kernel.ctx import Ctx, system
from agora.kernel.job_store import (
    Claimed,
    do_cancel,
    do_claim,
    do_enqueue,
    do_finish,
    do_park,
    do_recover,
    do_retry,
    do_start_scheduled,
    find_next_due,
    list_schedule,
    list_waiting,
)
from agora.kernel.metrics import JOB_SECONDS, JOBS

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.domain import Job

log = logging.getLogger(__name__)

__all__ = ["Jobs", "Worker", "do_cancel", "do_enqueue", "list_waiting"]

AT_ONCE = 4
# A job enqueued inside somebody's transaction is seen at the next look; a look is one indexed read.
LOOK_S = 1.0
FIRST_BACKOFF_MS = 2_000
LAST_BACKOFF_MS = 3_600_000


class Worker(msgspec.Struct, frozen=True):
    """Offered by a domain: runs the queued jobs of one name. After ``tries`` failures a job is parked."""

    name: str
    body: type[msgspec.Struct]
    fn: Callable[[Ctx, Any], Awaitable[None]]
    tries: int = 5


class Jobs:
    """Runs queued and scheduled jobs of one server."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._ctx = system(app)
        self._workers = {worker.name: worker for worker in app.offers(Worker)}
        self._poke = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    async def enqueue(self, name: str, body: msgspec.Struct, *, key: str = "", delay_ms: int = 0) -> int:
        """Queue a job in a transaction of its own and start it without delay; gives its id."""
        job_id = await self._ctx.write(do_enqueue, name, body, key=key, delay_ms=delay_ms)
        self.poke()
        return job_id

    def poke(self) -> None:
        """Look at the queue now."""
        self._poke.set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run jobs while the block runs; what is cut off at the end runs again at the next start."""
        if recovered := await self._ctx.write(do_recover):
            log.info("%d jobs were cut off by the last stop and run again", recovered)
        tasks = [asyncio.create_task(self._run_queue())]
        for domain in self._app.domains:
            tasks += [asyncio.create_task(self._run_schedule(f"{domain.name}.{_name(job)}", job)) for job in domain.jobs]
        try:
            yield
        finally:
            for task in (*tasks, *self._running):
                task.cancel()
            await asyncio.gather(*tasks, *self._running, return_exceptions=True)

    async def _run_queue(self) -> None:
        while True:
            self._poke.clear()
            try:
                await self._start_due()
            except Exception:
                log.exception("the job queue could not be read; trying again")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._poke.wait()

    async def _start_due(self) -> None:
        """Start what is due, as far as there is room. Nothing is written while nothing is due."""
        names = tuple(self._workers)
        while len(self._running) < AT_ONCE and await self._app.db.read(find_next_due, names) is not None:
            job = await self._ctx.write(do_claim, names)
            if job is None:
                return
            task = asyncio.create_task(self._run(job))
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self.poke()
        if not task.cancelled() and (error := task.exception()):
            log.error("a job could not be recorded", exc_info=error)

    async def _run(self, job: Claimed) -> None:
        worker = self._workers[job.name]
        started = time.perf_counter()
        try:
            await worker.fn(self._ctx, msgspec.json.decode(job.body, type=worker.body))
        except asyncio.CancelledError:
            raise
        except Exception as error:
            await self._fail(worker, job, error)
            return
        finally:
            JOB_SECONDS.labels(job.name).observe(time.perf_counter() - started)
        await self._ctx.write(do_finish, job.id)
        JOBS.labels(job.name, "done").inc()

    async def _fail(self, worker: Worker, job: Claimed, error: Exception) -> None:
        if job.tries >= worker.tries:
            log.error("job %s %d is parked after %d tries", job.name, job.id, job.tries, exc_info=error)
            await self._ctx.write(do_park, job.id, repr(error))
            JOBS.labels(job.name, "parked").inc()
            return
        wait_ms = min(FIRST_BACKOFF_MS << (job.tries - 1), LAST_BACKOFF_MS)
        log.warning("job %s %d failed (try %d), again in %d ms: %r", job.name, job.id, job.tries, wait_ms, error)
        await self._ctx.write(do_retry, job.id, repr(error), wait_ms)
        JOBS.labels(job.name, "failed").inc()

    async def _run_schedule(self, name: str, job: Job) -> None:
        """A period is counted from start to start and survives restarts; a missed run happens once, at once."""
        last = (await self._app.db.read(list_schedule)).get(name)
        if last is None:
            last = await self._ctx.write(do_start_scheduled, name)
        while True:
            wait_ms = last + job.period_ms - self._app.clock.now_ms()
            await asyncio.sleep(max(wait_ms, 0) / 1000)
            try:
                last = await self._ctx.write(do_start_scheduled, name)
                await job.fn(self._ctx)
                JOBS.labels(name, "done").inc()
            except asyncio.CancelledError:
                raise
            except Exception:
                log.exception("scheduled job %s failed; it runs again in its next period", name)
                JOBS.labels(name, "failed").inc()
                last = max(last, self._app.clock.now_ms())


def _name(job: Job) -> str:
    return getattr(job.fn, "__name__", type(job.fn).__name__)
