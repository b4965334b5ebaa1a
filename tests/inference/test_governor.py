"""Threads follow what others leave of the machine, slowly."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from agora.inference.governor import FEWEST_SEATS, SeatGovernor, ThreadGovernor, Times, list_cores, read_times
from agora.inference.ports import GenerationRequest, complete
from agora.inference.settings import InferenceSettings
from agora.inference.worker import Worker
from tests.inference.counting import CountingBackend, expected_text
from tests.inference.test_worker import open_counting


def run(governor: ThreadGovernor, others: Sequence[float], own: float = 1.0) -> list[int]:
    """What it says when others take so many cores in each span of two seconds."""
    wall = busy = mine = 0.0
    said = [governor.look(Times(wall, busy, mine))]
    for taken in others:
        wall, busy, mine = wall + 2, busy + 2 * (taken + own), mine + 2 * own
        said.append(governor.look(Times(wall, busy, mine)))
    return said


def test_it_gives_way_when_others_stay_and_comes_back_when_they_leave() -> None:
    governor = ThreadGovernor(cores=8, most=7)
    assert run(governor, [0, 0, 4, 4, 4, 0, 0, 0]) == [7, 7, 7, 7, 3, 3, 3, 7, 7]


def test_one_busy_moment_changes_nothing() -> None:
    assert run(ThreadGovernor(cores=8, most=7), [0, 6, 0, 0, 6, 0]) == [7] * 7


def test_its_own_work_is_no_reason_to_give_way() -> None:
    assert run(ThreadGovernor(cores=4, most=3), [0, 0, 0], own=3.5) == [3] * 4


@given(st.integers(1, 64), st.integers(1, 64), st.lists(st.floats(0, 100), max_size=20))
def test_it_stays_within_its_bounds(cores: int, most: int, others: list[float]) -> None:
    assert all(1 <= threads <= most for threads in run(ThreadGovernor(cores, most), others))


def test_the_times_of_this_machine_go_forward() -> None:
    first = read_times()
    sum(range(200_000))
    second = read_times()
    assert second.wall > first.wall
    assert second.busy >= first.busy >= 0
    assert second.own >= first.own > 0
    assert list_cores()


async def test_the_engine_is_told() -> None:
    told: list[int] = []

    class Told(CountingBackend):
        def set_threads(self, threads: int) -> None:
            told.append(threads)

    engine = await open_counting(Told(), threads=0)
    worker = engine._worker
    assert isinstance(worker, Worker)
    busy = iter(range(1000))

    class Busy(ThreadGovernor):
        def look(self, now: Times) -> int:
            self.threads = 9 if next(busy) % 2 else 11
            return self.threads

    worker.govern(Busy(8, 7), every_s=0)
    await complete(engine, GenerationRequest(tokens=(1, 2), max_tokens=5, seed=4))
    await engine.stop()
    assert told[:3] == [11, 9, 11], "more than any machine begins with"
    assert engine.info().threads >= 1


async def test_a_number_in_the_settings_stays() -> None:
    engine = await open_counting(CountingBackend(), threads=3)
    assert engine.info().threads == 3
    worker = engine._worker
    assert worker is not None
    assert not worker.governed
    await engine.stop()
    assert InferenceSettings(threads=3).threads == 3


def test_seats_go_when_steps_take_too_long_and_come_back_one_by_one() -> None:
    governor = SeatGovernor(16, longest_s=0.4)
    assert [governor.record(16, 0.3) for _ in range(5)] == [16] * 5
    fewer = [governor.record(governor.seats, 1.0) for _ in range(200)]
    assert fewer[-1] == FEWEST_SEATS
    assert all(after <= before for before, after in zip([16, *fewer], fewer, strict=False))
    more = [governor.record(governor.seats, 0.01 * governor.seats) for _ in range(200)]
    assert more[-1] == 16
    assert all(after - before in (0, 1) for before, after in zip([FEWEST_SEATS, *more], more, strict=False))


def test_few_texts_say_nothing_of_more_seats_and_one_slow_step_changes_nothing() -> None:
    governor = SeatGovernor(16, longest_s=0.4)
    for _ in range(20):
        governor.record(1, 5.0)
    assert governor.seats == 16, "one text that is slow is not made faster by fewer seats"
    governor = SeatGovernor(16, longest_s=0.4)
    governor.record(16, 0.1)
    assert governor.record(16, 1.0) == 16


async def test_the_engine_keeps_to_the_seats_and_everybody_is_served() -> None:
    backend = CountingBackend()
    engine = await open_counting(backend, sequences=8)
    worker = engine._worker
    assert worker is not None
    worker._seats = SeatGovernor(8, longest_s=0.0)  # every step takes too long
    requests = [GenerationRequest(tokens=(1, 2, number), max_tokens=30, seed=number) for number in range(1, 30)]
    results = await asyncio.gather(*(complete(engine, request) for request in requests))
    assert engine.info().load.seats == FEWEST_SEATS
    assert engine.info().load.most_seats == 8
    for request, result in zip(requests, results, strict=True):
        assert result.text == expected_text(request.tokens, request.seed or 0, 30)
    await engine.stop()
