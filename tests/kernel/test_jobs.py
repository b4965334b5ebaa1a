"""The job queue: inside transactions, once per key, retried, parked, and going on after a crash."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from agora.kernel import jobs as module
from agora.kernel.clock import FrozenClock
from agora.kernel.ctx import Ctx, system
from agora.kernel.domain import Domain, every
from agora.kernel.job_store import count_jobs, do_claim, list_schedule
from agora.kernel.jobs import Jobs, Worker, do_enqueue
from agora.kernel.tx import Tx
from tests.kit.kernel import open_kernel

HOUR_MS = 3_600_000


class Letter(msgspec.Struct, frozen=True):
    to: str


class Postman:
    """A worker that writes down what it gets, and fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.delivered: list[str] = []
        self.failures = failures
        self.came = asyncio.Event()
        self.failed = asyncio.Event()

    async def deliver(self, ctx: Ctx, letter: Letter) -> None:
        if self.failures > 0:
            self.failures -= 1
            self.failed.set()
            raise ConnectionError("no road")
        self.delivered.append(letter.to)
        self.came.set()

    def domain(self, tries: int = 5) -> Domain:
        return Domain(name="post", offers=(Worker("post.letter", Letter, self.deliver, tries=tries),))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without waiting; the queue is looked at often."""
    monkeypatch.setattr(module, "FIRST_BACKOFF_MS", 0)
    monkeypatch.setattr(module, "LOOK_S", 0.01)


async def until_states(jobs: Jobs, wanted: dict[str, int]) -> None:
    async with asyncio.timeout(5):
        while await jobs._app.db.read(count_jobs) != wanted:
            await asyncio.sleep(0.01)


async def test_a_job_runs_and_is_forgotten(tmp_path: Path) -> None:
    postman = Postman()
    async with open_kernel(tmp_path, [postman.domain()]) as app:
        jobs = Jobs(app)
        async with jobs.running():
            await jobs.enqueue("post.letter", Letter("ada"))
            await asyncio.wait_for(postman.came.wait(), 5)
            await until_states(jobs, {})
    assert postman.delivered == ["ada"]


async def test_enqueued_in_a_transaction_it_shares_its_fate(tmp_path: Path) -> None:
    def do_fail(tx: Tx) -> None:
        do_enqueue(tx, "post.letter", Letter("nobody"))
        raise ValueError("rolled back")

    async with open_kernel(tmp_path, []) as app:
        with pytest.raises(ValueError, match="rolled back"):
            await system(app).write(do_fail)
        assert await app.db.read(count_jobs) == {}


async def test_one_waiting_job_per_key(tmp_path: Path) -> None:
    async with open_kernel(tmp_path, []) as app:
        ctx = system(app)
        first = await ctx.write(do_enqueue, "post.letter", Letter("ada"), key="k")
        assert await ctx.write(do_enqueue, "post.letter", Letter("ada"), key="k") == first
        assert await ctx.write(do_enqueue, "post.letter", Letter("ada")) != first
        assert await app.db.read(count_jobs) == {"waiting": 2}
        # while one runs, a new wish must not be lost: what it asks for may have changed meanwhile
        await ctx.write(do_claim, ("post.letter",))
        assert await ctx.write(do_enqueue, "post.letter", Letter("ada"), key="k") != first


async def test_failures_are_retried(tmp_path: Path, quick: None) -> None:
    postman = Postman(failures=3)
    async with open_kernel(tmp_path, [postman.domain()]) as app:
        jobs = Jobs(app)
        async with jobs.running():
            await jobs.enqueue("post.letter", Letter("ada"))
            await until_states(jobs, {})
    assert postman.delivered == ["ada"]


async def test_backoff_keeps_a_failed_job_waiting(tmp_path: Path) -> None:
    postman = Postman(failures=1)
    clock = FrozenClock()
    async with open_kernel(tmp_path, [postman.domain()], clock=clock) as app:
        jobs = Jobs(app)
        async with jobs.running():
            await jobs.enqueue("post.letter", Letter("ada"))
            await asyncio.wait_for(postman.failed.wait(), 5)
            await until_states(jobs, {"waiting": 1})
            assert await system(app).write(do_claim, ("post.letter",)) is None
            clock.advance(module.FIRST_BACKOFF_MS)
            jobs.poke()
            await until_states(jobs, {})
    assert postman.delivered == ["ada"]


async def test_a_poisoned_job_is_parked_and_others_go_on(tmp_path: Path, quick: None) -> None:
    postman = Postman(failures=2)
    async with open_kernel(tmp_path, [postman.domain(tries=2)]) as app:
        jobs = Jobs(app)
        async with jobs.running():
            await jobs.enqueue("post.letter", Letter("poison"))
            await until_states(jobs, {"parked": 1})
            await jobs.enqueue("post.letter", Letter("ada"))
            await asyncio.wait_for(postman.came.wait(), 5)
    assert postman.delivered == ["ada"]


async def test_what_a_crash_cut_off_runs_again(tmp_path: Path) -> None:
    postman = Postman()
    async with open_kernel(tmp_path, [postman.domain()]) as app:
        await system(app).write(do_enqueue, "post.letter", Letter("ada"))
        assert await system(app).write(do_claim, ("post.letter",)) is not None
    async with open_kernel(tmp_path, [postman.domain()]) as app, Jobs(app).running():
        await asyncio.wait_for(postman.came.wait(), 5)
    assert postman.delivered == ["ada"]


async def test_jobs_of_unknown_workers_stay(tmp_path: Path) -> None:
    async with open_kernel(tmp_path, []) as app:
        jobs = Jobs(app)
        async with jobs.running():
            await jobs.enqueue("gone.plugin", Letter("ada"))
            jobs.poke()
            assert await app.db.read(count_jobs) == {"waiting": 1}


async def test_a_missed_scheduled_run_happens_once_at_start(tmp_path: Path) -> None:
    ran = asyncio.Queue[int]()
    clock = FrozenClock()

    async def tidy(ctx: Ctx) -> None:
        ran.put_nowait(ctx.app.clock.now_ms())

    domain = Domain(name="house", jobs=(every("1h", tidy),))
    async with open_kernel(tmp_path, [domain], clock=clock) as app, Jobs(app).running():
        while "house.tidy" not in await app.db.read(list_schedule):
            await asyncio.sleep(0.01)
        assert ran.empty()
    clock.advance(5 * HOUR_MS)
    async with open_kernel(tmp_path, [domain], clock=clock) as app, Jobs(app).running():
        assert await asyncio.wait_for(ran.get(), 5) == clock.now_ms()
        assert (await app.db.read(list_schedule))["house.tidy"] == clock.now_ms()
        await asyncio.sleep(0)
        assert ran.empty()


async def test_a_failing_scheduled_job_stops_nothing(tmp_path: Path) -> None:
    clock = FrozenClock()
    tried = asyncio.Event()

    async def explode(ctx: Ctx) -> None:
        tried.set()
        raise RuntimeError("boom")

    domain = Domain(name="house", jobs=(every("1h", explode),))
    async with open_kernel(tmp_path, [domain], clock=clock) as app:
        await system(app).write(module.do_start_scheduled, "house.explode")
        clock.advance(HOUR_MS)
        async with Jobs(app).running():
            await asyncio.wait_for(tried.wait(), 5)
            assert await app.db.read(count_jobs) == {}
