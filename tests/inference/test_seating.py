"""Seats: shared beginnings are evaluated once, urgent requests are made room for, nobody's time is taken by a crowd."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from agora.inference.ports import GenerationRequest, Priority, complete
from agora.inference.scheduler import FairShare, Seated, Waiting, choose_next, plan_step
from tests.inference.counting import CountingBackend, expected_text
from tests.inference.gate import Gate
from tests.inference.test_worker import open_counting

SHARED = tuple(1 + at % 60 for at in range(200))


async def test_a_beginning_is_evaluated_once_for_all_who_come_together() -> None:
    backend = CountingBackend(cells=4096)
    gate = Gate(backend)
    engine = await open_counting(backend, sequences=16, remembered=16)
    gate.close()
    requests = [GenerationRequest(tokens=(*SHARED, *[n + 1] * 20), max_tokens=3, seed=n, scope="room") for n in range(20)]
    tasks = [asyncio.create_task(complete(engine, request)) for request in requests]
    await asyncio.sleep(0)
    gate.open()
    results = await asyncio.gather(*tasks)
    assert sum(result.receipt.tokens_evaluated for result in results) == len(SHARED) + 20 * 20
    for n, result in enumerate(results):
        assert result.text == expected_text((*SHARED, *[n + 1] * 20), n, 3)
    await engine.stop()


async def test_transcripts_of_different_age_are_each_evaluated_once() -> None:
    """Agents who came one after another have seen one message more each: every message is read once all the same."""
    backend = CountingBackend(cells=8192, longest=2048)
    gate = Gate(backend)
    engine = await open_counting(backend, context=8192, sequences=16, remembered=16)
    gate.close()
    messages = [[1 + (n * 7 + at) % 60 for at in range(30)] for n in range(12)]
    prompts = [(*SHARED, *(token for said in messages[:n] for token in said), *[61 + n % 3, n + 1] * 10) for n in range(12)]
    tasks = [
        asyncio.create_task(complete(engine, GenerationRequest(tokens=prompt, max_tokens=2, seed=5, scope="room")))
        for prompt in prompts
    ]
    await asyncio.sleep(0)
    gate.open()
    results = await asyncio.gather(*tasks)
    assert sum(result.receipt.tokens_evaluated for result in results) == len(SHARED) + 11 * 30 + 12 * 20
    await engine.stop()


async def test_other_scopes_are_not_waited_for() -> None:
    backend = CountingBackend(cells=4096)
    gate = Gate(backend)
    engine = await open_counting(backend, sequences=4)
    gate.close()
    tasks = [
        asyncio.create_task(complete(engine, GenerationRequest(tokens=SHARED, max_tokens=2, seed=1, scope=scope)))
        for scope in ("secret", "open")
    ]
    await asyncio.sleep(0)
    gate.open()
    assert [(await task).receipt.tokens_reused for task in tasks] == [0, 0]
    await engine.stop()


async def test_a_person_who_waits_for_a_beginning_hurries_it_on() -> None:
    """The leader is mere chatter and somebody was mentioned elsewhere: without the hurry that long prompt would come first."""
    backend = CountingBackend(cells=8192, longest=2048)
    gate = Gate(backend)
    engine = await open_counting(backend, context=8192, sequences=8, batch=64)
    gate.close()

    def start(tokens: tuple[int, ...], priority: Priority, scope: str) -> asyncio.Task[object]:
        request = GenerationRequest(tokens=tokens, max_tokens=2, seed=1, priority=priority, scope=scope)
        return asyncio.create_task(complete(engine, request))

    chatter = start((*SHARED, *[7] * 500), Priority.AMBIENT, "room")
    await asyncio.sleep(0)
    await gate.allow(1)
    mention = start(tuple([9] * 900), Priority.MENTION, "elsewhere")
    person = start((*SHARED, 8), Priority.PERSON, "room")
    await asyncio.sleep(0)
    steps = 0
    while not person.done():
        await gate.allow(1)
        steps += 1
    assert not chatter.done()
    # 200 shared tokens in steps of 64, the step that was begun, the person's own token, one more draw.
    assert steps <= 8
    gate.open()
    await asyncio.gather(chatter, mention)
    await engine.stop()


async def test_chatter_makes_room_for_a_person_and_goes_on_later() -> None:
    backend = CountingBackend(cells=400)
    gate = Gate(backend)
    engine = await open_counting(backend, sequences=8, remembered=4, context=400)
    gate.close()
    long = [tuple(1 + (n * 11 + at) % 60 for at in range(30)) for n in range(4)]
    chatter = [
        asyncio.create_task(complete(engine, GenerationRequest(tokens=tokens, max_tokens=60, seed=n, priority=Priority.AMBIENT)))
        for n, tokens in enumerate(long)
    ]
    await asyncio.sleep(0)
    await gate.allow(6)
    person = GenerationRequest(tokens=tuple([9] * 200), max_tokens=30, seed=3, priority=Priority.PERSON)
    answer = asyncio.create_task(complete(engine, person))
    await asyncio.sleep(0)
    steps = 0
    while not answer.done():
        await gate.allow(1)
        steps += 1
    assert steps <= 2 + 200 // 64 + 1 + 30
    gate.open()
    results = await asyncio.gather(*chatter)
    for n, (tokens, result) in enumerate(zip(long, results, strict=True)):
        assert result.text == expected_text(tokens, n, 60)
        receipt = result.receipt
        assert receipt.prompt_tokens == receipt.tokens_reused + receipt.tokens_evaluated
    assert backend.most_used <= 400
    await engine.stop()


async def test_without_room_in_the_middle_the_least_urgent_waits_and_all_texts_stay_right() -> None:
    backend = CountingBackend()
    engine = await open_counting(backend, sequences=6, remembered=0)
    backend.statuses = [0, 0, 1, 0, 1]
    dice = random.Random(1)
    requests = [GenerationRequest(tokens=tuple(dice.randrange(1, 60) for _ in range(9)), max_tokens=25, seed=n) for n in range(5)]
    results = await asyncio.gather(*(complete(engine, request) for request in requests))
    for request, result in zip(requests, results, strict=True):
        assert result.text == expected_text(request.tokens, request.seed or 0, 25)
    assert sum(result.receipt.tokens_repeated for result in results) > 0
    await engine.stop()


async def test_a_crowd_of_one_community_does_not_hold_up_another() -> None:
    backend = CountingBackend(cells=4096)
    gate = Gate(backend)
    engine = await open_counting(backend, sequences=2, remembered=0)
    gate.close()
    order: list[str] = []

    async def run(group: str, n: int) -> None:
        request = GenerationRequest(
            tokens=(n % 60 + 1, *[3] * 40), max_tokens=5, seed=n, group=group, owner=f"{group} {n % 3}", scope=str(n)
        )
        await complete(engine, request)
        order.append(group)

    tasks = [asyncio.create_task(run("crowd", n)) for n in range(30)]
    tasks += [asyncio.create_task(run("quiet", n)) for n in range(3)]
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(*tasks)
    assert [at for at, group in enumerate(order) if group == "quiet"][-1] <= 8
    await engine.stop()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4), st.integers(1, 80)), min_size=30, max_size=90))
def test_served_tokens_of_busy_groups_stay_level(requests: list[tuple[str, int, int]]) -> None:
    share, served = FairShare(), Counter[str]()
    waiting = []
    for at, (group, owner, cost) in enumerate(requests):
        share.arrive(group, f"{group}{owner}", [(g, f"{g}{o}") for _, g, o, _ in waiting])
        waiting.append((at, group, owner, cost))
    while len({group for _, group, _, _ in waiting}) == len({group for group, _, _ in requests}):
        line = [Waiting(str(at), 2, at, share.rank(group, f"{group}{owner}")) for at, group, owner, _ in waiting]
        chosen = choose_next(line, 1, 1)
        assert chosen is not None
        (found,) = [one for one in waiting if str(one[0]) == chosen.key]
        waiting.remove(found)
        share.charge(found[1], f"{found[1]}{found[2]}", found[3])
        served[found[1]] += found[3]
    assert max(served.values()) - min(served[group] for group in {g for g, _, _ in requests}) <= 2 * 80


def test_time_away_is_no_credit() -> None:
    share = FairShare()
    share.arrive("busy", "b", [])
    for _ in range(10):
        share.charge("busy", "b", 100)
    share.arrive("late", "l", [("busy", "b")])
    assert share.rank("late", "l") == share.rank("busy", "b")


def test_groups_and_owners_alternate_in_a_step() -> None:
    rows = [("x", "x1"), ("x", "x1"), ("x", "x2"), ("y", "y1")]
    seated = [Seated(str(at), 2, at, 10, False, group, owner) for at, (group, owner) in enumerate(rows)]
    assert [share.key for share in plan_step(seated, 100, 100)] == ["0", "3", "2", "1"]
