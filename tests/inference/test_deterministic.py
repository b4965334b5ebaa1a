"""Deterministic mode: the same request gives the same text byte for byte, whatever was written before and is asked beside."""

from __future__ import annotations

import asyncio

from agora.inference.ports import GenerationRequest, Priority, Sampler, complete, text_prompt
from tests.inference.conftest import OpenEngine
from tests.inference.counting import CountingBackend
from tests.inference.gate import Gate
from tests.inference.test_worker import open_counting

HOT = Sampler(temperature=1.5, top_k=0, top_p=1.0, min_p=0.0)
"""Every draw follows the sums to their last bit: with a flat distribution the smallest difference turns some of them."""


def ask(number: int) -> GenerationRequest:
    text = f"Rules of the house. Channel general. Ann: good morning to all {number}. " * (1 + number % 5)
    return GenerationRequest(
        prompt=text_prompt(text), max_tokens=25, seed=number, sampler=HOT, priority=list(Priority)[number % 5], scope="room"
    )


async def test_texts_are_the_same_alone_together_in_any_order_and_after_a_restart(open_engine: OpenEngine) -> None:
    engine = await open_engine(deterministic=True, exact=False)
    alone = [(await complete(engine, ask(number))).text for number in range(15)]
    turned = [(await complete(engine, ask(number))).text for number in reversed(range(15))]
    together = await asyncio.gather(*(complete(engine, ask(number)) for number in range(15)))
    assert turned[::-1] == alone
    assert [result.text for result in together] == alone
    other = await open_engine(deterministic=True, exact=False, step_ms=5, sequences=2)
    assert [(await complete(other, ask(number))).text for number in range(15)] == alone
    assert all(result.receipt.deterministic and result.receipt.tokens_reused == 0 for result in together)


async def test_usual_texts_say_that_they_are_not(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    assert not (await complete(engine, ask(1))).receipt.deterministic


async def test_one_is_written_at_a_time_and_not_even_a_person_disturbs_it() -> None:
    backend = CountingBackend()
    gate = Gate(backend)
    engine = await open_counting(backend, deterministic=True)
    gate.close()
    chat = GenerationRequest(tokens=(1, 2, 3), max_tokens=20, seed=4, priority=Priority.AMBIENT)
    chatter = asyncio.create_task(complete(engine, chat))
    await asyncio.sleep(0)
    await gate.allow(3)
    person = asyncio.create_task(complete(engine, GenerationRequest(tokens=(5,), max_tokens=3, seed=4, priority=Priority.PERSON)))
    await asyncio.sleep(0)
    await gate.allow(2)
    assert len(backend.held) == 1
    assert engine.info().waiting == 1
    gate.open()
    results = await asyncio.gather(chatter, person)
    assert [result.receipt.tokens_repeated for result in results] == [0, 0]
    assert backend.used() == 0, "nothing is left of a text"
    await engine.stop()
