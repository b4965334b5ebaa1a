"""What becomes of a model's words on their way to another program."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.domains.minds.agents import NewAgent, create_agent, pause_all
from agora.domains.minds.models import find_engine
from agora.domains.minds.serving.asking import build_sampler
from agora.domains.minds.serving.desk import Desk
from agora.domains.minds.serving.writing import Cut
from agora.inference.cleaning import clean_reply
from agora.inference.fake import FakeEngine
from agora.inference.liveliness import choose_sampler
from agora.kernel.errors import RateLimited
from tests.kit.server import Kit, Person, open_kit

CHAT = "/v1/chat/completions"


@given(st.text(alphabet='Ada: "\nbo', max_size=40), st.integers(1, 5))
def test_an_agents_words_only_grow_and_begin_the_clean_text(raw: str, size: int) -> None:
    cut = Cut("Ada", frozenset({"bob"}))
    pieces = [raw[at : at + size] for at in range(0, len(raw), size)] or [""]
    given_out = "".join(cut.push(piece, last=n == len(pieces) - 1) for n, piece in enumerate(pieces))
    clean = clean_reply(raw, "Ada", {"bob"})
    if '"' not in raw and "\n" not in raw.strip():
        assert given_out == clean
    assert len(given_out) <= len(raw)


def test_own_name_and_quotation_marks_are_taken_off_before_anything_is_shown() -> None:
    cut = Cut("Ada", frozenset())
    assert [cut.push(piece, last=False) for piece in ("A", "da: ", '"Hi ', "there", ' friend"')] == [""] * 5
    assert cut.push("", last=True) == "Hi there friend"


def test_a_user_has_so_many_seats() -> None:
    desk = Desk(2)
    with desk.seat(1), desk.seat(1):
        with pytest.raises(RateLimited), desk.seat(1):
            pass
        with desk.seat(2):
            assert desk.count() == 3
    assert desk.count() == 0


@pytest.fixture
async def person(agora: Kit) -> Person:
    return await agora.person("ann")


@pytest.fixture
async def fake(agora: Kit) -> FakeEngine:
    engine, _ = await find_engine(agora.app)
    return cast(FakeEngine, engine)


def body(model: str, **more: object) -> dict[str, object]:
    return {"model": model, "messages": [{"role": "user", "content": "Tell me."}], **more}


async def test_space_before_the_first_word_is_left_out(agora: Kit, person: Person, fake: FakeEngine) -> None:
    fake.answer("  \n Two words")
    answer = await agora.scenario("POST", CHAT, person, json=body("fake"))
    assert answer.json["choices"][0]["message"]["content"] == "Two words"


async def test_words_are_drawn_as_suits_the_model_unless_the_caller_says_how(agora: Kit, person: Person, fake: FakeEngine) -> None:
    await agora.scenario("POST", CHAT, person, json=body("fake"))
    await agora.scenario("POST", CHAT, person, json=body("fake", temperature=0.3))
    plain, told = (request.sampler for request in fake.requests)
    assert plain == choose_sampler(0, "chat")
    assert told == msgspec.structs.replace(plain, temperature=0.3)
    assert build_sampler("starter", {}) == choose_sampler(0, "starter") != plain
    assert build_sampler("starter", {"top_k": 7}).top_k == 7


async def test_evaluated_prompts_are_shared_by_one_user_only(agora: Kit, person: Person, fake: FakeEngine) -> None:
    other = await agora.person("bob")
    for asker in (person, other, person):
        await agora.scenario("POST", CHAT, asker, json=body("fake"))
    scopes = [request.scope for request in fake.requests]
    assert scopes[0] == scopes[2] != scopes[1]


async def test_a_pause_ends_an_agents_answer_in_the_middle(agora: Kit, person: Person, fake: FakeEngine) -> None:
    await create_agent(agora.ctx(), NewAgent(name="Ada"))
    fake.answer(" ".join(["word"] * 500))
    headers = {"Authorization": f"Bearer {person.token}"}
    asked = body("agent:Ada", stream=True, max_tokens=1000)
    async with agora.session.post(agora.url + CHAT, json=asked, headers=headers) as answer:
        fake.stall()
        await pause_all(agora.ctx(), "enough")
        fake.resume()
        events = [line async for line in answer.content if line.strip()]
    assert events[-1].strip() == b"data: [DONE]"
    assert "Ada is paused" in json.loads(events[-2].removeprefix(b"data: "))["error"]["message"]
    assert len(events) < 500
    async with asyncio.timeout(5):
        while fake.info().active:
            await asyncio.sleep(0.01)


@pytest.fixture
async def limited(tmp_path: Path) -> AsyncIterator[Kit]:
    async with open_kit(tmp_path / "limited", flags={"security.rate_limits": True}) as kit:
        yield kit


async def test_each_user_has_a_rate(limited: Kit) -> None:
    ann, bob = await limited.person("ann"), await limited.person("bob")
    answers = [await limited.request("POST", CHAT, ann, json=body("none")) for _ in range(61)]
    assert [answer.status for answer in answers] == [404] * 60 + [429]
    assert answers[-1].json["error"]["code"] == "rate_limit_exceeded"
    assert float(answers[-1].headers["Retry-After"]) > 0
    assert (await limited.request("POST", CHAT, bob, json=body("none"))).status == 404
