"""What only one agent read is forgotten with its text; what the room has in common stays, once."""

from __future__ import annotations

import asyncio

from agora.inference.ports import GenerationRequest, GenerationResult, Segment, complete
from tests.inference.counting import CountingBackend
from tests.inference.gate import Gate
from tests.inference.test_worker import open_counting

TRANSCRIPT = "What all of them have read. " * 8
PERSONAS = [f"{name} has a character of {name}. " * 3 for name in ("Bo", "Cleo", "Dan", "Eve")]


def ask(transcript: str, persona: str, seed: int) -> GenerationRequest:
    prompt = (Segment(transcript), Segment(persona))
    return GenerationRequest(prompt=prompt, max_tokens=5, seed=seed, scope="room", private=1)


async def test_of_a_round_only_the_longest_transcript_stays() -> None:
    backend = CountingBackend(cells=4096, longest=1024)
    gate = Gate(backend)
    engine = await open_counting(backend, sequences=8, remembered=8)
    gate.close()
    transcripts = [TRANSCRIPT + "Then somebody said quite a bit more. " * n for n in range(4)]
    requests = [ask(transcript, persona, n) for n, (transcript, persona) in enumerate(zip(transcripts, PERSONAS, strict=True))]
    tasks = [asyncio.create_task(complete(engine, request)) for request in requests]
    await asyncio.sleep(0)
    gate.open()
    results = await asyncio.gather(*tasks)
    assert backend.used() == len(transcripts[-1])
    assert sum(result.receipt.tokens_evaluated for result in results) == len(transcripts[-1]) + sum(map(len, PERSONAS))
    await engine.stop()


async def test_the_next_turn_reads_its_own_part_only() -> None:
    backend = CountingBackend(cells=4096, longest=1024)
    engine = await open_counting(backend, sequences=2, remembered=4)
    evaluated = [
        (await complete(engine, ask(TRANSCRIPT, persona, n))).receipt.tokens_evaluated for n, persona in enumerate(PERSONAS)
    ]
    assert evaluated == [len(TRANSCRIPT) + len(PERSONAS[0]), *map(len, PERSONAS[1:])]
    assert backend.used() == len(TRANSCRIPT)
    await engine.stop()


async def test_a_conversation_that_says_nothing_of_it_is_kept_whole() -> None:
    backend = CountingBackend(cells=4096, longest=1024)
    engine = await open_counting(backend, sequences=2, remembered=4)
    prompt = (Segment(TRANSCRIPT), Segment(PERSONAS[0]))
    first: GenerationResult = await complete(engine, GenerationRequest(prompt=prompt, max_tokens=5, seed=1))
    assert first.receipt.tokens_generated == 5
    assert backend.used() == len(TRANSCRIPT) + len(PERSONAS[0]) + 4  # the last token of the text is never evaluated
    await engine.stop()


async def test_other_scopes_keep_their_own() -> None:
    backend = CountingBackend(cells=4096, longest=1024)
    engine = await open_counting(backend, sequences=2, remembered=4)
    for scope in ("room", "cellar"):
        request = GenerationRequest(
            prompt=(Segment(TRANSCRIPT), Segment(PERSONAS[0])), max_tokens=5, seed=1, scope=scope, private=1
        )
        await complete(engine, request)
    assert backend.used() == 2 * len(TRANSCRIPT)
    await engine.stop()


async def test_nothing_in_common_leaves_nothing() -> None:
    backend = CountingBackend(cells=4096, longest=1024)
    engine = await open_counting(backend, sequences=2, remembered=4)
    await complete(engine, GenerationRequest(prompt=(Segment(PERSONAS[0]),), max_tokens=5, seed=1, private=1))
    assert backend.used() == 0
    await engine.stop()
