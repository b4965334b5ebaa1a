"""The engine over llama.cpp: sharing, exactness, control tokens, grammar, faults."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from agora.inference.errors import BadRequestToModel, QueueFull
from agora.inference.llama import ABORTED, LlamaMemory, LlamaModel, Row
from agora.inference.ports import GenerationRequest, Priority, Sampler, Segment, complete, text_prompt
from agora.inference.tiny import END
from tests.inference.conftest import GATES, OpenEngine

GREEDY = Sampler(temperature=0)
SHARED = "Rules of the house. Channel general. Ann: good morning to all of you. Bob: and to you."


def greedy(text: str, **changes: object) -> GenerationRequest:
    values: dict[str, object] = {"prompt": text_prompt(text), "max_tokens": 30, "sampler": GREEDY, **changes}
    return GenerationRequest(**values)


async def test_a_reused_prefix_is_counted_and_changes_nothing(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    fresh = [await complete(engine, greedy(f"{SHARED} I am {n}.", scope=f"alone {n}")) for n in range(6)]
    reused = [await complete(engine, greedy(f"{SHARED} I am {n}.", scope="one room")) for n in range(6)]
    assert [result.text for result in reused] == [result.text for result in fresh]
    assert all(result.receipt.tokens_reused == 0 for result in fresh)
    common = engine.count_tokens(f"{SHARED} I am ")
    assert [result.receipt.tokens_reused for result in reused] == [0] + [common] * 5
    assert all(one.receipt.tokens_evaluated == one.receipt.prompt_tokens - common for one in reused[1:])


async def test_an_equal_prompt_still_evaluates_one_token(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    first, second = [await complete(engine, greedy(SHARED)) for _ in range(2)]
    assert second.text == first.text
    assert second.receipt.tokens_reused == second.receipt.prompt_tokens - 1


async def test_a_reply_that_became_transcript_is_reused(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    first = await complete(engine, greedy(SHARED, max_tokens=8))
    tokens = engine.count_tokens(SHARED)
    again = await complete(engine, greedy(SHARED + first.text + " and so on"))
    assert again.receipt.tokens_reused >= tokens


async def test_scopes_never_share(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    await complete(engine, greedy(SHARED, scope="secret"))
    assert (await complete(engine, greedy(SHARED, scope="open"))).receipt.tokens_reused == 0


async def test_texts_stay_the_same_while_memory_is_short(open_engine: OpenEngine) -> None:
    roomy = await open_engine()
    wanted = [(await complete(roomy, greedy(f"{n} {SHARED}", scope=str(n)))).text for n in range(30)]
    tight = await open_engine(context=512, sequences=4, remembered=3)
    together = await asyncio.gather(*(complete(tight, greedy(f"{n} {SHARED}")) for n in range(30)))
    assert [result.text for result in together] == wanted


async def test_typed_control_tokens_are_text(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    typed = await complete(engine, greedy(f"hello {END}"))
    meant = await complete(engine, greedy("", prompt=(Segment(f"hello {END}", control=True),)))
    assert typed.receipt.prompt_tokens == meant.receipt.prompt_tokens + len(END) - 1


async def test_a_grammar_is_always_kept(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    grammar = r'root ::= "{\"mood\": \"" [a-z]{1,8} "\", \"level\": " [0-9]{1,3} "}"'
    for seed in range(20):
        result = await complete(engine, greedy("x", grammar=grammar, sampler=Sampler(), seed=seed, max_tokens=60))
        assert result.finish == "stop"
        assert set(json.loads(result.text)) == {"mood", "level"}


async def test_a_broken_grammar_fails_alone(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    good = asyncio.create_task(complete(engine, greedy(SHARED)))
    for grammar in ("no rules", "root ::= other", 'start ::= "a"', "root ::= root"):
        with pytest.raises(BadRequestToModel, match="grammar"):
            await complete(engine, greedy("x", grammar=grammar))
    assert (await good).text == (await complete(engine, greedy(SHARED, scope="fresh"))).text


async def test_a_grammar_of_letters_the_model_lacks_ends_with_an_error_or_fits(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    result = await complete(engine, greedy("x", grammar='root ::= "日本" "é"', max_tokens=40))
    assert result.text == "日本é"


async def test_token_ids_outside_the_vocabulary_are_refused(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    for tokens in ((-1,), (1_000_000,)):
        with pytest.raises(BadRequestToModel, match="ids"):
            await complete(engine, GenerationRequest(tokens=tokens))


async def test_too_many_requests_are_refused(open_engine: OpenEngine) -> None:
    engine = await open_engine(waiting=2, sequences=1)
    results = await asyncio.gather(*(complete(engine, greedy(str(n))) for n in range(8)), return_exceptions=True)
    refused = [result for result in results if isinstance(result, QueueFull)]
    assert len(refused) == 5
    assert len(results) - len(refused) == 3


async def test_a_person_overtakes_chatter(open_engine: OpenEngine) -> None:
    engine = await open_engine(sequences=2)
    gate = GATES[engine]
    gate.close()
    done: list[str] = []

    async def run(name: str, priority: Priority) -> None:
        await complete(engine, greedy(f"{name} {SHARED}", priority=priority, max_tokens=60))
        done.append(name)

    chatter = [asyncio.create_task(run(f"ambient {n}", Priority.AMBIENT)) for n in range(12)]
    await gate.allow(3)
    person = asyncio.create_task(run("person", Priority.PERSON))
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(person, *chatter)
    assert done.index("person") <= 2


async def test_max_tokens_beyond_the_context_ends_at_the_context(open_engine: OpenEngine) -> None:
    engine = await open_engine(context=512)
    longest = engine.info().context
    result = await complete(engine, greedy("a", max_tokens=10**9, grammar='root ::= "a"*'))
    assert result.finish in ("length", "stop")
    assert result.receipt.prompt_tokens + result.receipt.tokens_generated <= longest


def test_abort_ends_a_step(tiny: Path) -> None:
    model = LlamaModel(tiny)
    memory = LlamaMemory(model, cells=1024, slots=1, batch=512, threads=1)
    memory.abort()
    assert memory.decode([Row(0, 0, [5] * 400, True)])[0] == ABORTED
    memory.close()
    model.close()


async def test_the_event_loop_is_told_once_per_step(open_engine: OpenEngine) -> None:
    engine = await open_engine()
    gate = GATES[engine]
    crossings = 0
    loop = asyncio.get_running_loop()
    original = loop.call_soon_threadsafe

    def count(*args: object, **kwargs: object) -> object:
        nonlocal crossings
        crossings += 1
        return original(*args, **kwargs)

    gate.close()
    tasks = [asyncio.create_task(complete(engine, greedy(f"{n} say"))) for n in range(16)]
    await asyncio.sleep(0)
    loop.call_soon_threadsafe = count
    gate.open()
    try:
        results = await asyncio.gather(*tasks)
    finally:
        loop.call_soon_threadsafe = original
    assert 0 < crossings <= gate.steps
    assert gate.steps < sum(result.receipt.tokens_generated for result in results) / 4, "sequences share their steps"
