"""The released openai client against a live server: only its base URL and key are set."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import cast

import openai
import pytest

from agora.domains.minds.agents import NewAgent, Voice, create_agent, pause_all
from agora.domains.minds.models import find_engine
from agora.domains.minds.serving.desk import Desk
from agora.inference.errors import GenerationFailed
from agora.inference.fake import FakeEngine
from tests.kit.server import Kit, Person

HELLO = [{"role": "user", "content": "Say something about bridges."}]


@pytest.fixture
async def person(agora: Kit) -> Person:
    return await agora.person("ann")


@pytest.fixture
async def client(agora: Kit, person: Person) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{agora.url}/v1", api_key=person.token, max_retries=0) as client:
        yield client


@pytest.fixture
async def fake(agora: Kit) -> FakeEngine:
    engine, _ = await find_engine(agora.app)
    return cast(FakeEngine, engine)


async def test_models(agora: Kit, client: openai.AsyncOpenAI) -> None:
    await create_agent(agora.ctx(), NewAgent(name="Ada"))
    names = [model.id async for model in client.models.list()]
    assert {"agent:Ada", "all-minilm-l6-v2"} <= set(names)
    assert (await client.models.retrieve("agent:Ada")).owned_by == "agora"
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("none")


async def test_a_chat(client: openai.AsyncOpenAI, fake: FakeEngine) -> None:
    fake.answer("A bridge joins two banks.")
    answer = await client.chat.completions.create(
        model="fake",
        messages=[{"role": "developer", "content": "Be short."}, {"role": "user", "content": [{"type": "text", "text": "Go."}]}],
        temperature=0.3,
        top_p=0.5,
        frequency_penalty=0.25,
        presence_penalty=0.5,
        seed=7,
        max_completion_tokens=50,
        stop=["END"],
    )
    assert answer.choices[0].message.content == "A bridge joins two banks."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.prompt_tokens > 0
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    asked = fake.requests[-1]
    assert [(one.role, one.content) for one in asked.messages] == [("system", "Be short."), ("user", "Go.")]
    assert (asked.sampler.temperature, asked.sampler.top_p) == (0.3, 0.5)
    assert (asked.sampler.frequency_penalty, asked.sampler.presence_penalty) == (0.25, 0.5)
    assert (asked.seed, asked.max_tokens, asked.stop) == (7, 50, ("END",))


async def test_a_streamed_chat(client: openai.AsyncOpenAI, fake: FakeEngine) -> None:
    fake.answer("One two three STOP four")
    stream = await client.chat.completions.create(
        model="fake", messages=HELLO, stream=True, stop="STOP", stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "One two three "
    assert chunks[0].choices[0].delta.role == "assistant"
    assert len(chunks) > 4
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens > 0
    assert len({chunk.id for chunk in chunks}) == 1


async def test_the_length_is_kept(client: openai.AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(model="fake", messages=HELLO, max_tokens=2)
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 2


async def test_completions(client: openai.AsyncOpenAI, fake: FakeEngine) -> None:
    fake.answer("upon a time", "there was")
    assert (await client.completions.create(model="fake", prompt="Once")).choices[0].text == "upon a time"
    assert fake.requests[-1].prompt[0].text == "Once"
    assert not fake.requests[-1].prompt[0].control
    stream = await client.completions.create(model="fake", prompt="Once", stream=True)
    assert "".join([chunk.choices[0].text async for chunk in stream]) == "there was"


async def test_structured_output_reaches_the_engine_as_grammar(client: openai.AsyncOpenAI, fake: FakeEngine) -> None:
    fake.answer('{"mood": "calm"}', "{}")
    schema = {"type": "object", "properties": {"mood": {"enum": ["calm", "sad"]}}, "required": ["mood"]}
    answer = await client.chat.completions.create(
        model="fake",
        messages=HELLO,
        response_format={"type": "json_schema", "json_schema": {"name": "mood", "schema": schema, "strict": True}},
    )
    assert json.loads(answer.choices[0].message.content or "") == {"mood": "calm"}
    assert "calm" in (fake.requests[-1].grammar or "")
    await client.chat.completions.create(model="fake", messages=HELLO, response_format={"type": "json_object"})
    assert (fake.requests[-1].grammar or "").startswith("root ::=")


async def test_an_agent_answers_in_its_own_person(agora: Kit, client: openai.AsyncOpenAI, fake: FakeEngine) -> None:
    new = NewAgent(name="Ada", voice=Voice(instructions="You love suspension bridges."))
    await create_agent(agora.ctx(), new)
    fake.answer("Ada: Cables hold it up.", 'Ada: "Bridges are fine things."')
    agora.take_events()
    messages = [{"role": "system", "content": "Rule one."}, *HELLO]
    answer = await client.chat.completions.create(model="agent:ada", messages=messages)
    assert answer.choices[0].message.content == "Cables hold it up."
    asked = " ".join(message.content for message in fake.requests[-1].messages)
    assert all(part in asked for part in ("You love suspension bridges.", "Rule one.", "ann: Say something about bridges."))
    stream = await client.chat.completions.create(model="agent:Ada", messages=messages, stream=True)
    assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream]) == "Bridges are fine things."
    assert agora.take_events() == []  # nothing was posted
    await pause_all(agora.ctx(), "test")
    with pytest.raises(openai.ConflictError, match="Ada is paused"):
        await client.chat.completions.create(model="agent:Ada", messages=messages)


async def test_embeddings(client: openai.AsyncOpenAI) -> None:
    packed = await client.embeddings.create(model="all-minilm-l6-v2", input=["a cat", "a kitten"])
    plain = await client.embeddings.create(model="all-minilm-l6-v2", input="a cat", encoding_format="float")
    assert [len(one.embedding) for one in packed.data] == [384, 384]
    assert packed.data[0].embedding == pytest.approx(plain.data[0].embedding, abs=1e-5)
    assert packed.usage.prompt_tokens == 8  # two words and two marks each
    with pytest.raises(openai.BadRequestError):
        await client.embeddings.create(model="all-minilm-l6-v2", input="a cat", dimensions=100)
    with pytest.raises(openai.NotFoundError):
        await client.embeddings.create(model="another", input="a cat")


async def test_errors_have_the_clients_shape(agora: Kit, client: openai.AsyncOpenAI, fake: FakeEngine) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        await client.chat.completions.create(model="gpt-5", messages=HELLO)
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as several:
        await client.chat.completions.create(model="fake", messages=HELLO, n=2)
    assert (several.value.param, several.value.type) == ("n", "invalid_request_error")
    with pytest.raises(openai.BadRequestError) as unknown:
        await client.chat.completions.create(model="fake", messages=[{"role": "cook", "content": "x"}])
    assert unknown.value.param == "messages.0.role"
    with pytest.raises(openai.BadRequestError, match="pattern is not supported"):
        await client.chat.completions.create(
            model="fake",
            messages=HELLO,
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "x", "schema": {"type": "string", "pattern": "a"}},
            },
        )
    with pytest.raises(openai.BadRequestError):
        await client.chat.completions.create(model="fake", messages=[{"role": "user", "content": ""}])
    with pytest.raises(openai.AuthenticationError) as denied:
        await client.with_options(api_key="wrong").models.list()
    assert denied.value.code == "invalid_api_key"
    fake.answer(GenerationFailed("The model stumbled."))
    with pytest.raises(openai.InternalServerError, match="stumbled"):
        await client.chat.completions.create(model="fake", messages=HELLO, stream=True)


async def until_idle(agora: Kit, fake: FakeEngine) -> None:
    async with asyncio.timeout(5):
        while fake.info().active or agora.app.get(Desk).count():
            await asyncio.sleep(0.01)


async def test_a_client_that_goes_away_stops_the_model(agora: Kit, client: openai.AsyncOpenAI, fake: FakeEngine) -> None:
    fake.answer(" ".join(["word"] * 2000))
    stream = await client.chat.completions.create(model="fake", messages=HELLO, stream=True, max_tokens=2000)
    async for _ in stream:
        fake.stall()
        break
    await stream.close()
    await until_idle(agora, fake)
    waiting = asyncio.create_task(client.chat.completions.create(model="fake", messages=HELLO))
    async with asyncio.timeout(5):
        while not fake.info().active:
            await asyncio.sleep(0.01)
    waiting.cancel()
    await until_idle(agora, fake)
    fake.resume()


async def test_a_user_writes_a_few_answers_at_a_time(agora: Kit, client: openai.AsyncOpenAI, fake: FakeEngine) -> None:
    fake.stall()
    several = [asyncio.create_task(client.chat.completions.create(model="fake", messages=HELLO)) for _ in range(4)]
    async with asyncio.timeout(5):
        while agora.app.get(Desk).count() < 4:
            await asyncio.sleep(0.01)
    with pytest.raises(openai.RateLimitError):
        await client.chat.completions.create(model="fake", messages=HELLO)
    fake.resume()
    await asyncio.gather(*several)
    assert agora.app.get(Desk).count() == 0
