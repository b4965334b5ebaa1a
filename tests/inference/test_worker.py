"""The worker over a backend that notices every mix-up: canaries, faults in the middle, memory that runs short."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import pytest

from agora.inference.engine import Loaded, ThreadEngine
from agora.inference.errors import EngineStopped, GenerationFailed
from agora.inference.llama import ABORTED, Row
from agora.inference.ports import GenerationRequest, Priority, complete
from agora.inference.settings import InferenceSettings
from tests.inference.counting import CountingBackend, expected_text
from tests.inference.gate import Gate


async def open_counting(backend: CountingBackend, **changes: int) -> ThreadEngine:
    settings = InferenceSettings(**{"context": 2048, "waiting": 5000, **changes})
    engine = ThreadEngine(lambda: Loaded(backend), settings, name="counting")
    await engine.start()
    return engine


def make_request(dice: random.Random, rooms: int = 6) -> GenerationRequest:
    """A prompt as agents have it: the room's shared part first, then a part of its own (the canary)."""
    room = dice.randrange(rooms)
    shared = [1 + (room * 7 + at) % 60 for at in range(40 + dice.randrange(4) * 10)]
    own = [dice.randrange(1, 64) for _ in range(dice.randrange(1, 30))]
    return GenerationRequest(
        tokens=(*shared, *own),
        max_tokens=dice.randrange(1, 40),
        seed=dice.randrange(1000),
        priority=dice.choice(list(Priority)),
        scope=f"room {room}",
    )


@pytest.mark.parametrize(("cells", "sequences", "remembered"), [(2048, 50, 30), (600, 16, 16), (300, 3, 0), (130, 1, 1)])
async def test_no_token_of_one_sequence_reaches_another(cells: int, sequences: int, remembered: int) -> None:
    dice = random.Random(cells)
    backend = CountingBackend(cells=cells)
    engine = await open_counting(backend, sequences=sequences, remembered=remembered)
    requests = [make_request(dice) for _ in range(400)]
    results = await asyncio.gather(*(complete(engine, request) for request in requests))
    for request, result in zip(requests, results, strict=True):
        limit = min(request.max_tokens, backend.longest - len(request.tokens))
        assert result.text == expected_text(request.tokens, request.seed or 0, limit)
    assert backend.most_used <= cells
    if remembered >= 16:
        assert sum(result.receipt.tokens_reused for result in results) > 0
    await engine.stop()
    assert backend.closed


async def test_cancelled_requests_leave_no_trace_in_the_others() -> None:
    dice = random.Random(3)
    engine = await open_counting(CountingBackend(), sequences=20, remembered=20)
    requests = [make_request(dice) for _ in range(300)]
    tasks = [asyncio.create_task(complete(engine, request)) for request in requests]
    for request in dice.sample(requests, 120):
        await asyncio.sleep(0)
        engine.cancel(request.id)
    results = await asyncio.gather(*tasks)
    for request, result in zip(requests, results, strict=True):
        whole = expected_text(request.tokens, request.seed or 0, request.max_tokens)
        assert whole.startswith(result.text)
        assert result.finish == "cancelled" or result.text == whole
    await engine.stop()


@pytest.mark.parametrize("status", [-1, -2, -3, 1])
async def test_a_failed_step_fails_its_requests_and_the_engine_lives_on(status: int) -> None:
    backend = CountingBackend()
    engine = await open_counting(backend)
    backend.statuses = [0, 0, status]
    request = GenerationRequest(tokens=(1, 2, 3), max_tokens=30, seed=4)
    with pytest.raises(GenerationFailed, match=str(status)):
        await complete(engine, request)
    again = GenerationRequest(tokens=(1, 2, 3), max_tokens=30, seed=4)
    assert (await complete(engine, again)).text == expected_text((1, 2, 3), 4, 30)
    await engine.stop()


async def test_lack_of_room_costs_remembered_prompts_first() -> None:
    backend = CountingBackend()
    engine = await open_counting(backend)
    for seed in range(4):
        await complete(engine, GenerationRequest(tokens=(seed + 1, 9, 9), max_tokens=5, seed=seed))
    backend.statuses = [1, 1]
    request = GenerationRequest(tokens=(30, 31), max_tokens=10, seed=1)
    assert (await complete(engine, request)).text == expected_text((30, 31), 1, 10)
    await engine.stop()


async def test_a_failed_draw_fails_one_request_only() -> None:
    backend = CountingBackend()
    engine = await open_counting(backend)
    backend.fail_draws = 1
    requests = [GenerationRequest(tokens=(5, n), max_tokens=8, seed=n) for n in range(1, 9)]
    results = await asyncio.gather(*(complete(engine, one) for one in requests), return_exceptions=True)
    failed = [result for result in results if isinstance(result, GenerationFailed)]
    assert len(failed) == 1
    for request, result in zip(requests, results, strict=True):
        if not isinstance(result, BaseException):
            assert result.text == expected_text(request.tokens, request.seed or 0, 8)
    await engine.stop()


async def test_an_unforeseen_error_is_reported_and_an_endless_one_ends_the_engine() -> None:
    class Broken(CountingBackend):
        broken = 0

        def decode(self, rows: Sequence[Row]) -> tuple[int, list[int]]:
            if self.broken > 0:
                self.broken -= 1
                raise ZeroDivisionError("inside")
            return super().decode(rows)

    backend = Broken()
    engine = await open_counting(backend)
    backend.broken = 1
    with pytest.raises(GenerationFailed, match="inside"):
        await complete(engine, GenerationRequest(tokens=(1,), max_tokens=3))
    assert (await complete(engine, GenerationRequest(tokens=(1,), max_tokens=3, seed=1))).receipt.tokens_generated
    backend.broken = 1000
    for _ in range(5):
        with pytest.raises(GenerationFailed):
            await complete(engine, GenerationRequest(tokens=(1,), max_tokens=3))
    with pytest.raises(EngineStopped):
        await complete(engine, GenerationRequest(tokens=(1,), max_tokens=3))
    assert engine.info().state == "failed"
    await engine.stop()


async def test_a_person_s_first_token_does_not_wait_for_chatter() -> None:
    backend = CountingBackend()
    gate = Gate(backend)
    engine = await open_counting(backend, sequences=4)
    gate.close()
    chatter = [
        asyncio.create_task(
            complete(engine, GenerationRequest(tokens=(n + 1, 2), max_tokens=400, seed=n, priority=Priority.AMBIENT))
        )
        for n in range(40)
    ]
    await asyncio.sleep(0)
    await gate.allow(20)
    assert sum(task.done() for task in chatter) < 30, "some chat, more wait"
    stream = engine.generate(GenerationRequest(tokens=(60, 61), max_tokens=4, seed=2, priority=Priority.PERSON))
    first = asyncio.create_task(anext(stream))
    await asyncio.sleep(0)
    assert engine.info().waiting > 0
    await gate.allow(1)  # this one was begun before the person came
    assert not first.done()
    await gate.allow(1)
    assert first.done(), "seated, evaluated and drawn in the very next step"
    await stream.aclose()
    await engine.stop()
    await asyncio.gather(*chatter, return_exceptions=True)


async def test_stop_cuts_a_step_short() -> None:
    backend = CountingBackend()
    gate = Gate(backend)
    engine = await open_counting(backend)
    gate.close()
    task = asyncio.create_task(complete(engine, GenerationRequest(tokens=(1, 2), max_tokens=9)))
    await gate.allow(1)
    await engine.stop()  # the thread stands in a step that never ends by itself
    with pytest.raises(EngineStopped):
        await task
    assert gate.statuses == [0, ABORTED]
    assert backend.closed
