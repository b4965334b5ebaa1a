"""The released ollama client against a live server: only its host is set, and a token as header."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import ollama
import pytest

from agora.domains.minds.agents import NewAgent, create_agent
from agora.domains.minds.models import find_engine
from agora.inference.fake import FakeEngine
from tests.kit.server import Kit, open_kit

HELLO = [{"role": "user", "content": "Say something about bridges."}]


@pytest.fixture
async def client(agora: Kit) -> ollama.AsyncClient:
    person = await agora.person("ann")
    return ollama.AsyncClient(host=agora.url, headers={"Authorization": f"Bearer {person.token}"})


@pytest.fixture
async def fake(agora: Kit) -> FakeEngine:
    engine, _ = await find_engine(agora.app)
    return cast(FakeEngine, engine)


async def test_a_chat(client: ollama.AsyncClient, fake: FakeEngine) -> None:
    fake.answer("A bridge joins two banks.")
    options = {"temperature": 0.5, "top_k": 9, "num_predict": 40, "seed": 3, "stop": ["END"], "num_ctx": 2048}
    answer = await client.chat(model="fake", messages=HELLO, options=options)
    assert answer.message.content == "A bridge joins two banks."
    assert (answer.done, answer.done_reason) == (True, "stop")
    assert answer.prompt_eval_count and answer.eval_count
    assert answer.total_duration is not None
    asked = fake.requests[-1]
    assert (asked.sampler.temperature, asked.sampler.top_k, asked.max_tokens) == (0.5, 9, 40)
    assert (asked.seed, asked.stop) == (3, ("END",))


async def test_a_streamed_chat(client: ollama.AsyncClient, fake: FakeEngine) -> None:
    fake.answer("One two three four")
    lines = [line async for line in await client.chat(model="fake:latest", messages=HELLO, stream=True)]
    assert "".join(line.message.content or "" for line in lines) == "One two three four"
    assert [line.done for line in lines].count(True) == 1
    assert lines[-1].eval_count == 4


async def test_generate(client: ollama.AsyncClient, fake: FakeEngine) -> None:
    fake.answer("Of course.", "upon a time", "{}")
    answer = await client.generate(model="fake", prompt="Will you?", system="Be kind.")
    assert answer.response == "Of course."
    assert [message.role for message in fake.requests[-1].messages] == ["system", "user"]
    parts = [part.response async for part in await client.generate(model="fake", prompt="Once", raw=True, stream=True)]
    assert "".join(parts) == "upon a time"
    assert fake.requests[-1].prompt[0].text == "Once"
    await client.generate(model="fake", prompt="Go", format={"type": "object", "properties": {"level": {"type": "integer"}}})
    assert "level" in (fake.requests[-1].grammar or "")
    before = len(fake.requests)
    assert (await client.generate(model="fake")).done_reason == "load"
    assert len(fake.requests) == before


async def test_an_agent(agora: Kit, client: ollama.AsyncClient, fake: FakeEngine) -> None:
    await create_agent(agora.ctx(), NewAgent(name="Ada"))
    fake.answer("Ada: Cables hold it up.")
    answer = await client.chat(model="agent:Ada", messages=HELLO)
    assert answer.message.content == "Cables hold it up."
    with pytest.raises(ollama.ResponseError, match="conversations"):
        await client.generate(model="agent:Ada", prompt="Once", raw=True)


async def test_models(agora: Kit, client: ollama.AsyncClient) -> None:
    await create_agent(agora.ctx(), NewAgent(name="Ada"))
    models = (await client.list()).models
    assert "agent:Ada" in [model.model for model in models]
    files = [model for model in models if model.details is not None and model.details.format == "gguf"]
    for model in files:
        assert model.model is not None
        assert len(model.digest or "") == 64
        shown = await client.show(model.model)
        assert shown.details is not None
        assert shown.details.family == model.details.family
    assert (await client.show("agent:Ada")).capabilities == ["completion"]
    with pytest.raises(ollama.ResponseError) as missing:
        await client.show("none")
    assert missing.value.status_code == 404


async def test_embed(client: ollama.AsyncClient) -> None:
    answer = await client.embed(model="all-minilm-l6-v2:latest", input=["a cat", "a kitten"])
    assert [len(vector) for vector in answer.embeddings] == [384, 384]
    assert answer.prompt_eval_count == 8


async def test_errors(client: ollama.AsyncClient) -> None:
    with pytest.raises(ollama.ResponseError) as missing:
        await client.chat(model="llama3", messages=HELLO)
    assert (missing.value.status_code, "llama3" in missing.value.error) == (404, True)
    with pytest.raises(ollama.ResponseError, match="images"):
        await client.generate(model="fake", prompt="What is it?", images=[b"x"])


async def test_without_a_token_it_says_what_to_do(agora: Kit) -> None:
    with pytest.raises(ollama.ResponseError) as denied:
        await ollama.AsyncClient(host=agora.url).chat(model="fake", messages=HELLO)
    assert denied.value.status_code == 401
    assert "open_on_loopback" in denied.value.error
    wrong = ollama.AsyncClient(host=agora.url, headers={"Authorization": "Bearer wrong"})
    with pytest.raises(ollama.ResponseError, match="not valid"):
        await wrong.list()


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Kit]:
    async with open_kit(tmp_path / "open", flags={"serving.open_on_loopback": True}) as kit:
        yield kit


async def test_the_owner_may_open_it_for_this_machine(opened: Kit) -> None:
    client = ollama.AsyncClient(host=opened.url)
    assert (await client.chat(model="fake", messages=HELLO)).done
    # OpenAI's side stays closed, and so does everything that only looks like a program on this machine
    await opened.scenario("GET", "/v1/models", status=401)
    for headers in (
        {"Origin": "https://example.org"},
        {"Sec-Fetch-Site": "cross-site"},
        {"X-Forwarded-For": "10.0.0.9"},
        {"Host": "rebound.example.org"},
        {"Authorization": "Bearer wrong"},
    ):
        await opened.scenario("GET", "/api/tags", status=401, headers=headers)
    await opened.scenario("GET", "/api/tags", status=200)
