"""A draft guesses ahead: the text is what it would have been, guesses are counted, and what cannot fit is refused."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.inference.backend import LlamaBackend
from agora.inference.draft_length import LENGTHS, TRIALS, DraftLength
from agora.inference.drafting import MOST_DRAFTED, Ask, check_draft
from agora.inference.engine import Loaded, ThreadEngine
from agora.inference.errors import ModelRefused
from agora.inference.llama import Row
from agora.inference.ports import GenerationRequest, GenerationResult, Priority, Sampler, Segment, complete, text_prompt
from agora.inference.random_model import RandomShape, write_random_model
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings
from agora.inference.start import build_engine
from agora.inference.tiny import TinyShape, write_tiny_model
from tests.inference.counting import CountingBackend, expected_text, next_token
from tests.inference.test_worker import make_request, open_counting

SEED = 7


@pytest.fixture(autouse=True)
def no_step_fails(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A step that fails after its text was handed out is seen by nobody but the log."""
    yield
    assert not [record for record in caplog.get_records("call") if record.exc_info]


class CountingDraft:
    """Guesses what the counting backend will draw with `SEED`, and is wrong now and then."""

    name = "counting"

    def __init__(self, wrong: Callable[[], bool] = lambda: False) -> None:
        self._wrong = wrong
        self.asked = 0
        self.most_together = 0
        self.closed = False

    def propose(self, asks: Sequence[Ask]) -> list[list[int]]:
        self.asked += 1
        self.most_together = max(self.most_together, len(asks))
        return [self._guess(ask) for ask in asks]

    def _guess(self, ask: Ask) -> list[int]:
        tokens = list(ask.tokens)
        for _ in range(ask.most):
            token = next_token(tokens, SEED)
            tokens.append(1 + token % 60 if self._wrong() else token)
        return tokens[len(ask.tokens) :]

    def set_threads(self, threads: int) -> None:
        return

    def abort(self) -> None:
        return

    def close(self) -> None:
        self.closed = True


async def open_drafted(backend: CountingBackend, draft: CountingDraft, **changes: int) -> ThreadEngine:
    settings = InferenceSettings(**{"context": 2048, "waiting": 5000, **changes})
    engine = ThreadEngine(lambda: Loaded(backend, draft=draft), settings, name="counting")
    await engine.start()
    return engine


def ask(number: int, **fields: object) -> GenerationRequest:
    tokens = tuple(1 + (number * 13 + at) % 60 for at in range(20))
    return GenerationRequest(**{"tokens": tokens, "max_tokens": 60, "seed": SEED} | fields)


def check_text(request: GenerationRequest, result: GenerationResult, longest: int = 512) -> None:
    limit = min(request.max_tokens, longest - len(request.tokens))
    assert result.text == expected_text(request.tokens, request.seed or 0, limit)
    assert result.receipt.tokens_accepted <= result.receipt.tokens_drafted


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
async def test_the_text_is_what_it_would_have_been(share: float) -> None:
    dice = random.Random(3)
    backend, draft = CountingBackend(), CountingDraft(lambda: dice.random() < share)
    engine = await open_drafted(backend, draft)
    results = []
    for number in range(30):
        request = ask(number)
        results.append(await complete(engine, request))
        check_text(request, results[-1])
    drafted = sum(result.receipt.tokens_drafted for result in results)
    accepted = sum(result.receipt.tokens_accepted for result in results)
    load = engine.info().load
    assert (load.draft, load.drafted, load.accepted) == ("counting", drafted, accepted)
    assert drafted > 0
    if share == 0.0:
        assert accepted > drafted / 2  # what comes after an end is guessed in vain
        assert engine.info().steps < sum(result.receipt.tokens_generated for result in results)
    if share == 1.0:
        assert accepted < drafted / 4
    await engine.stop()
    assert draft.closed
    assert backend.closed


async def test_no_guess_reaches_another_text_and_few_texts_are_drafted_at_a_time() -> None:
    dice = random.Random(5)
    backend, draft = CountingBackend(cells=700), CountingDraft(lambda: dice.random() < 0.4)
    engine = await open_drafted(backend, draft, sequences=4, remembered=6)
    requests = [msgspec.structs.replace(make_request(dice), seed=dice.choice((SEED, 8))) for _ in range(300)]
    waves = [requests[at : at + size] for at, size in zip(range(0, 300, 3), [1, 2, 3] * 34, strict=False)]
    for wave in waves:
        results = await asyncio.gather(*(complete(engine, request) for request in wave))
        for request, result in zip(wave, results, strict=True):
            check_text(request, result)
    assert draft.asked > 0
    assert draft.most_together <= 2
    assert backend.most_used <= 700
    await engine.stop()


async def test_a_full_room_is_not_drafted_for() -> None:
    draft = CountingDraft()
    engine = await open_drafted(CountingBackend(), draft)
    requests = [ask(number, max_tokens=20, priority=Priority.AMBIENT) for number in range(40)]
    results = await asyncio.gather(*(complete(engine, request) for request in requests))
    for request, result in zip(requests, results, strict=True):
        check_text(request, result)
    assert draft.most_together <= 2
    await engine.stop()


async def test_stops_limits_and_cancels_cut_a_guess_short() -> None:
    engine = await open_drafted(CountingBackend(), CountingDraft())
    whole = expected_text(ask(4).tokens, SEED, 60)
    assert len(whole) > 12
    stopped = await complete(engine, ask(4, stop=(whole[7:9],)))
    assert stopped.text == whole[: whole.index(whole[7:9])]
    for limit in range(1, 12):
        short = await complete(engine, ask(4, max_tokens=limit))
        assert (short.text, short.receipt.tokens_generated) == (whole[:limit], limit)
    request = ask(4)
    seen = ""
    async for delta in engine.generate(request):
        seen += delta.text
        engine.cancel(request.id)
    assert whole.startswith(seen)
    check_text(ask(4), await complete(engine, ask(4)))
    await engine.stop()


async def test_what_a_text_leaves_behind_is_what_it_would_have_left() -> None:
    """An agent's own part and its text are forgotten at the end, with guesses or without."""
    backends = [CountingBackend(longest=1024), CountingBackend(longest=1024)]
    engines = [await open_drafted(backends[0], CountingDraft()), await open_counting(backends[1])]
    for number in range(20):
        prompt = (Segment("what all have read " * 3), Segment(f"what one was told {number}"))
        request = GenerationRequest(prompt=prompt, max_tokens=30, seed=SEED, scope="room", private=number % 2)
        texts = [(await complete(engine, request)).text for engine in engines]
        assert texts[0] == texts[1]
        assert backends[0].used() == backends[1].used()
    assert engines[0].info().load.accepted > 0
    for engine in engines:
        await engine.stop()


async def test_deterministic_mode_does_without() -> None:
    draft = CountingDraft()
    engine = await open_drafted(CountingBackend(), draft, deterministic=True)
    result = await complete(engine, ask(1))
    check_text(ask(1), result)
    assert (draft.asked, result.receipt.tokens_drafted, engine.info().load.draft) == (0, 0, "")
    await engine.stop()
    assert draft.closed


def test_the_length_that_pays_is_used_and_the_others_are_tried_again() -> None:
    def run(rates: dict[int, float], steps: int = 200) -> list[int]:
        length, chosen = DraftLength(), []
        for _ in range(steps):
            chosen.append(length.choose())
            length.record(chosen[-1], 1, 1 / rates[chosen[-1]])
        return chosen

    for best in LENGTHS:
        chosen = run({length: 3.0 if length == best else 1.0 for length in LENGTHS})
        assert chosen.count(best) > 150 - TRIALS
        assert set(chosen[len(LENGTHS) * TRIALS :]) > {best}


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 10)), max_size=300))
def test_the_length_is_always_one_of_those(steps: list[tuple[int, float]]) -> None:
    length = DraftLength()
    for tokens, seconds in steps:
        chosen = length.choose()
        assert chosen in LENGTHS
        assert chosen <= MOST_DRAFTED
        length.record(chosen, tokens, seconds)


async def write_with(draft: Path | None, model: Path, cache: Path, requests: Sequence[GenerationRequest]) -> list[GenerationResult]:
    settings = InferenceSettings(
        model=str(model), draft=str(draft or ""), context=4096, exact=True, threads=1, saved_mib=0, try_models=False
    )
    engine = build_engine(settings, ModelRegistry([], cache, cache), cache)
    await engine.start()
    try:
        assert engine.info().load.draft_problem == ""
        assert engine.info().load.draft == (draft.stem if draft else "")
        return [await complete(engine, request) for request in requests]
    finally:
        await engine.stop()


def real(number: int, temperature: float) -> GenerationRequest:
    text = f"Ann: good morning to all {number}. " * (1 + number % 30)
    return GenerationRequest(
        prompt=text_prompt(text), max_tokens=30, seed=number, sampler=Sampler(temperature=temperature, repeat_penalty=1.1)
    )


async def test_a_real_model_with_itself_as_draft_is_right_and_writes_the_same(tiny: Path, cache: Path, tmp_path: Path) -> None:
    twin = tmp_path / "twin.gguf"
    twin.write_bytes(tiny.read_bytes())
    requests = [real(number, 0.0) for number in range(12)]
    with_draft = await write_with(twin, tiny, cache, requests)
    without = await write_with(None, tiny, cache, requests)
    assert [one.text for one in with_draft] == [one.text for one in without]
    drafted = sum(one.receipt.tokens_drafted for one in with_draft)
    accepted = sum(one.receipt.tokens_accepted for one in with_draft)
    assert accepted > drafted / 4, "it guesses what it will say itself, but for the penalty on repeats"
    assert sum(one.receipt.tokens_drafted for one in without) == 0


async def test_a_real_model_with_another_as_draft_draws_as_before(tiny: Path, cache: Path, tmp_path: Path) -> None:
    """Temperature 0.5 on random weights: guesses are right now and then, and every text follows its seed."""
    small = write_tiny_model(tmp_path / "small.gguf", TinyShape(layers=1, seed=9))
    requests = [real(number, 0.5) for number in range(20)]
    with_draft = await write_with(small, tiny, cache, requests)
    without = await write_with(None, tiny, cache, requests)
    same = sum(one.text == other.text for one, other in zip(with_draft, without, strict=True))
    assert same >= 18  # a sum that comes out differently in its last bit may turn a draw
    assert sum(one.receipt.tokens_drafted for one in with_draft) > 0


async def test_a_draft_that_does_not_fit_is_refused_and_the_model_writes_on(tiny: Path, cache: Path, tmp_path: Path) -> None:
    other = write_random_model(
        tmp_path / "other.gguf", RandomShape(width=256, layers=1, heads=4, kv_heads=2, inner=256, vocabulary=1024, context=512)
    )
    with pytest.raises(ModelRefused, match="vocabulary has 1024 tokens"):
        check_draft(other, tiny)
    check_draft(tiny, tiny)
    settings = InferenceSettings(model=str(tiny), context=1024, threads=1, saved_mib=0, try_models=False)
    for draft, reason in ((str(other), "vocabulary has 1024 tokens"), ("nobody", "no model named nobody")):
        engine = build_engine(msgspec.structs.replace(settings, draft=draft), ModelRegistry([], cache, cache), cache)
        await engine.start()
        assert reason in engine.info().load.draft_problem
        assert (await complete(engine, real(1, 0.0))).text
        await engine.stop()


def test_the_smallest_memory_holds_all_draws(tiny: Path) -> None:
    """llama.cpp ends the process when more draws are asked for than room was made for."""
    backend = LlamaBackend(tiny, InferenceSettings(context=512, sequences=1, remembered=0, batch=32, threads=1, draft="some"))
    status, places = backend.decode([Row(0, 0, list(range(60, 69)), True, MOST_DRAFTED)])
    assert (status, places) == (0, [8])
    backend.close()
