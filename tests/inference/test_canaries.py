"""No token of one sequence ever reaches another: every prompt carries a canary of its own, fifty are written at a time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import pytest

from agora.inference.llama import Row
from agora.inference.ports import Finish, GenerationRequest, Priority, Sampler, complete, text_prompt
from tests.inference.conftest import OpenEngine
from tests.inference.counting import CountingBackend, expected_text
from tests.inference.test_worker import open_counting

CANARY = 1_000_000
"""Tokens from here on are canaries: each is in one prompt only."""
TURNS, BESIDE = 10_000, 50


class Watchful(CountingBackend):
    """Sees to it that every sequence which is drawn from holds exactly one canary, and that it is in one sequence only."""

    def decode(self, rows: Sequence[Row]) -> tuple[int, list[int]]:
        status, places = super().decode(rows)
        if status == 0:
            drawn = [[token for token in self.drawn[place] if token >= CANARY] for place in places if place >= 0]
            assert all(len(canaries) == 1 for canaries in drawn), drawn
            assert len({canaries[0] for canaries in drawn}) == len(drawn)
        return status, places


def make(dice: random.Random, number: int) -> GenerationRequest:
    """What agents of five rooms ask: the room's transcript, which grows, then a part of their own with the canary."""
    room = dice.randrange(5)
    transcript = [1 + (room * 13 + at) % 60 for at in range(30 + number * 30 // TURNS)]
    return GenerationRequest(
        tokens=(*transcript, CANARY + number, *(dice.randrange(1, 60) for _ in range(dice.randrange(8)))),
        max_tokens=dice.randrange(1, 6),
        seed=number,
        priority=dice.choice(list(Priority)),
        scope=f"room {room}",
        group=f"guild {room % 2}",
        owner=f"agent {number % 20}",
    )


@pytest.mark.parametrize("cells", [4096, 1200])
async def test_ten_thousand_turns_of_fifty_at_a_time(cells: int) -> None:
    """Half of the turns with room for all, half with so little that chatter has to make way again and again."""
    dice = random.Random(cells)
    backend = Watchful(cells=cells)
    engine = await open_counting(backend, sequences=BESIDE, remembered=30)
    numbers = iter(range(TURNS // 2))
    ends: dict[Finish, int] = {"stop": 0, "length": 0, "cancelled": 0}
    reused = 0

    async def take_part() -> None:
        nonlocal reused
        for number in numbers:
            request = make(dice, number)
            task = asyncio.create_task(complete(engine, request))
            if number % 40 == 7:
                await asyncio.sleep(0)
                engine.cancel(request.id)
            result = await task
            whole = expected_text(request.tokens, number, request.max_tokens)
            assert whole.startswith(result.text)
            assert result.finish == "cancelled" or result.text == whole
            ends[result.finish] += 1
            reused += result.receipt.tokens_reused

    await asyncio.gather(*(take_part() for _ in range(BESIDE + 20)))
    assert sum(ends.values()) == TURNS // 2
    assert ends["cancelled"] <= TURNS // 2 // 40 + 1
    assert reused > TURNS
    assert backend.most_used <= cells
    await engine.stop()


async def test_two_hundred_turns_of_fifty_at_a_time_with_a_model(open_engine: OpenEngine) -> None:
    shared = "Rules of the house. Channel general. Ann: good morning. Bob: and to you."
    requests = [
        GenerationRequest(
            prompt=text_prompt(f"{shared} I am {number * 7919 % 100_003} {number * 104_729 % 9973}"),
            max_tokens=6,
            seed=number,
            # A step of many sums up in another order than a step of one: where chance has a say that may turn a draw.
            sampler=Sampler(temperature=0),
            priority=list(Priority)[number % 5],
            scope=f"room {number % 3}",
        )
        for number in range(200)
    ]
    alone_engine = await open_engine(sequences=1, remembered=0)
    alone = [(await complete(alone_engine, request)).text for request in requests]
    await alone_engine.stop()
    engine = await open_engine(sequences=BESIDE, remembered=20, waiting=1000, context=2048)
    together = await asyncio.gather(*(complete(engine, request) for request in requests))
    # Nearly equal likelihoods may change places with what else is in a step; a mix-up would turn far more than a few in a hundred.
    turned = [number for number, result in enumerate(together) if result.text != alone[number]]
    assert len(turned) <= 6, turned
    assert len(set(alone)) > 100, "a canary of another prompt would be heard"
    assert sum(result.receipt.tokens_reused for result in together) > 10 * len(shared)
