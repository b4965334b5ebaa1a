"""Models over REST: inspect, add by copy or link, choose for server, community and agent, load, unload, remove."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from agora.domains.minds.agents import NewAgent, create_agent
from agora.domains.minds.models import Host
from agora.inference.tiny import TinyShape, write_tiny_model
from agora.kernel.errors import SetupError
from tests.inference.lora import write_tiny_adapter
from tests.inference.minilm import convert
from tests.inference.peers import open_agora
from tests.kit.server import Kit, Person, open_kit

MODELS = "/api/agora/models"
FLAGS: dict[str, Any] = {
    "inference.engine": "llama",
    "inference.context": 1024,
    "inference.sequences": 2,
    "inference.remembered": 0,
    "inference.threads": 1,
    "inference.try_models": False,
}


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with two models, an adapter and noise."""
    folder = tmp_path / "files"
    folder.mkdir()
    write_tiny_model(folder / "one.gguf")
    write_tiny_model(folder / "two.gguf", TinyShape(seed=8))
    write_tiny_adapter(folder / "pirate.gguf")
    (folder / "noise.gguf").write_bytes(bytes(range(256)) * 64)
    return folder


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    async with open_kit(tmp_path / "data", flags=FLAGS) as kit:
        yield kit


@pytest.fixture
async def owner(kit: Kit) -> Person:
    return await kit.person("ada", owner=True)


async def test_files_are_added_inspected_chosen_and_removed(kit: Kit, owner: Person, files: Path) -> None:
    host = kit.app.get(Host)
    made = await kit.scenario("POST", MODELS, owner, json={"path": str(files / "one.gguf")}, status=201)
    assert (made.json["where"], made.json["kind"], made.json["own_template"]) == ("added", "text", False)
    assert "<|im_start|>" in made.json["template"]
    assert made.json["memory"] > made.json["bytes"] > 0
    linked = await kit.scenario("POST", MODELS, owner, json={"path": str(files / "two.gguf"), "link": True}, status=201)
    assert linked.json["where"] == "linked"
    assert (kit.app.data / "models" / "two.gguf").is_symlink()

    await kit.scenario("PUT", f"{MODELS}/use", owner, json={"name": "two"}, events=["ModelChosen"], has=['"two"'])
    await until(lambda: host.info().model == "two" and host.info().state == "ready")
    listed = {one["name"]: one for one in (await kit.scenario("GET", MODELS, owner)).json["items"]}
    assert (listed["one"]["in_use"], listed["two"]["in_use"]) == (False, True)
    details = (await kit.scenario("GET", f"{MODELS}/two", owner)).json
    assert (details["architecture"], details["quantisation"], details["layers"]) == ("llama", "Q8_0", 2)
    assert details["metadata"]["general.name"] == "tiny"

    # a model that is removed while it is in use gives way; the file behind a link stays
    await kit.scenario("DELETE", f"{MODELS}/two", owner, status=204, events=["ModelChosen", "ModelRemoved"])
    assert (files / "two.gguf").exists()
    await until(lambda: host.info().model not in ("", "two") and host.info().state == "ready")
    await kit.scenario("GET", f"{MODELS}/two", owner, status=404)


async def test_what_cannot_be_added_is_refused_with_its_reason(kit: Kit, owner: Person, files: Path) -> None:
    for path, words in (
        (files / "noise.gguf", "does not begin with GGUF"),
        (files / "missing.gguf", "no GGUF file on the server"),
        (Path("/etc/passwd"), "no GGUF file on the server"),
    ):
        await kit.scenario("POST", MODELS, owner, json={"path": str(path)}, status=422, has=[words])
    await kit.scenario("POST", MODELS, owner, json={"path": str(files / "one.gguf")}, status=201)
    await kit.scenario("POST", MODELS, owner, json={"path": str(files / "one.gguf")}, status=422, has=["already"])
    await kit.scenario("DELETE", f"{MODELS}/agora-starter", owner, status=404, has=["shipped"])
    await kit.scenario("PUT", f"{MODELS}/use", owner, json={"name": "none"}, status=404, has=["no model named none"])


async def test_only_the_owner_changes_models(kit: Kit, files: Path) -> None:
    ben = await kit.person("ben")
    for method, path, body in (
        ("POST", MODELS, {"path": str(files / "one.gguf")}),
        ("PUT", f"{MODELS}/use", {"name": "agora-starter"}),
        ("POST", f"{MODELS}/load", {"name": "agora-starter"}),
        ("POST", f"{MODELS}/unload", {"name": "agora-starter"}),
        ("POST", f"{MODELS}/look", None),
        ("GET", f"{MODELS}/loaded", None),
        ("DELETE", f"{MODELS}/agora-starter", None),
    ):
        await kit.scenario(method, path, ben, json=body, status=403)


async def test_a_model_with_an_adapter_is_loaded_beside_and_unloaded(kit: Kit, owner: Person, files: Path) -> None:
    for name in ("one", "pirate"):
        await kit.scenario("POST", MODELS, owner, json={"path": str(files / f"{name}.gguf")}, status=201)
    loaded = (await kit.scenario("POST", f"{MODELS}/load", owner, json={"name": "one+pirate@0.5"})).json
    assert "one+pirate@0.5" in [one["name"] for one in loaded["items"]]
    asked = {"model": "one+pirate@0.5", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 4}
    answer = await kit.request("POST", "/v1/chat/completions", owner, json=asked)
    assert answer.status == 200, answer.text
    # removing the adapter unloads what uses it
    await kit.scenario("DELETE", f"{MODELS}/pirate", owner, status=204, events=["ModelRemoved"])
    host = kit.app.get(Host)
    await until(lambda: "one+pirate@0.5" not in [one.name for one in host.shelf.list_loaded()])
    await kit.scenario("POST", f"{MODELS}/load", owner, json={"name": "one"})
    await kit.scenario("POST", f"{MODELS}/unload", owner, json={"name": "one"})
    await until(lambda: "one" not in [one.name for one in host.shelf.list_loaded()])


async def test_communities_and_agents_have_models_of_their_own(kit: Kit, owner: Person, files: Path) -> None:
    for name in ("one", "two"):
        await kit.scenario("POST", MODELS, owner, json={"path": str(files / f"{name}.gguf")}, status=201)
    ann, ben = await kit.person("ann"), await kit.person("ben")
    guild_id = await kit.guild(ann, ben)
    path = f"/api/agora/guilds/{guild_id}/model"
    await kit.scenario("GET", path, ben, status=403)
    await kit.scenario("PUT", path, ann, json={"name": "none"}, status=404)
    await kit.scenario("PUT", path, ann, json={"name": "two"}, events=["GuildModelChosen"])
    await kit.scenario("GET", path, ann, has=['"two"'])
    host = kit.app.get(Host)
    agent = await create_agent(kit.ctx(), NewAgent(name="Zoe", model="one"))
    assert agent.model == "one"
    assert (await host.find("one", "two"))[0].info().model == "one"
    assert (await host.find(None, "two"))[0].info().model == "two"
    await kit.scenario("DELETE", f"{MODELS}/two", owner, status=204, events=["GuildModelChosen", "ModelRemoved"])
    await kit.scenario("GET", path, ann, has=['""'])


async def test_the_choice_of_a_community_survives_a_restart(tmp_path: Path, files: Path) -> None:
    async with open_kit(tmp_path / "data", flags=FLAGS) as kit:
        owner = await kit.person("ada", owner=True)
        await kit.scenario("POST", MODELS, owner, json={"path": str(files / "one.gguf")}, status=201)
        guild_id = await kit.guild(owner)
        await kit.scenario("PUT", f"/api/agora/guilds/{guild_id}/model", owner, json={"name": "one"}, events=["GuildModelChosen"])
    async with open_kit(tmp_path / "data", flags=FLAGS) as kit:
        await kit.scenario("GET", f"/api/agora/guilds/{guild_id}/model", owner, has=['"one"'])


async def test_models_of_another_server_are_listed_asked_and_chosen(tmp_path: Path) -> None:
    tiny = write_tiny_model(tmp_path / "tiny.gguf")
    async with open_agora(tmp_path / "peer", tiny) as (_, url):
        flags = {"models.remotes": [f"ollama+{url}", "http://127.0.0.1:1"]}
        async with open_kit(tmp_path / "data", flags=flags) as kit:
            owner = await kit.person("ada", owner=True)
            await kit.scenario("POST", f"{MODELS}/look", owner)
            name = "remote/tiny:latest"
            listed = {one["name"]: one for one in (await kit.scenario("GET", MODELS, owner)).json["items"]}
            assert (listed[name]["where"], listed[name]["quantisation"]) == ("remote", "Q8_0")
            details = (await kit.scenario("GET", f"{MODELS}/{quote(name)}", owner)).json
            assert len(details["metadata"]["digest"]) == 64
            assert (details["context"], details["licence"]) == (2048, None)
            state = await kit.scenario("GET", f"{MODELS}/loaded", owner, lacks=[url.split("//")[1].split("@")[0]])
            assert [(one["kind"], one["state"]) for one in state.json["servers"]] == [("ollama", "ready"), ("unknown", "down")]
            asked = {"model": name, "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 4}
            answer = await kit.request("POST", "/v1/chat/completions", owner, json=asked)
            assert answer.status == 200, answer.text
            assert answer.json["usage"]["prompt_tokens"] > 0
            settings = await kit.scenario("GET", "/api/agora/admin/config", owner, lacks=[url.split("//")[1].split("@")[0]])
            assert "://…@127.0.0.1" in settings.text
            await kit.scenario("PUT", f"{MODELS}/use", owner, json={"name": name}, events=["ModelChosen"])
            host = kit.app.get(Host)
            await until(lambda: host.info().model == name)
            await kit.scenario("PUT", f"{MODELS}/use", owner, json={"name": "remote/none"}, status=404, has=["remote/none"])


async def test_a_gguf_embedding_model_stands_behind_embeddings(tmp_path: Path) -> None:
    (tmp_path / "data" / "models").mkdir(parents=True)
    convert(tmp_path / "data" / "models" / "minilm.gguf")
    async with open_kit(tmp_path / "data", flags={"models.embedder": "minilm"}) as kit:
        ann = await kit.person("ann")
        body = {"model": "minilm", "input": ["A cat sleeps.", "A kitten naps.", "Taxes are due in May."]}
        answer = await kit.scenario("POST", "/v1/embeddings", ann, json=body)
        cat, kitten, taxes = (one["embedding"] for one in answer.json["data"])
        assert len(cat) == 384
        assert dot(cat, kitten) > dot(cat, taxes) + 0.2
        await kit.scenario("POST", "/v1/embeddings", ann, json=body | {"model": "all-minilm-l6-v2"}, status=404, has=["minilm"])
        listed = {one["name"]: one["kind"] for one in (await kit.scenario("GET", MODELS, ann)).json["items"]}
        assert listed["minilm"] == "embedding"
        owner = await kit.person("ada", owner=True)
        await kit.scenario("PUT", f"{MODELS}/use", owner, json={"name": "minilm"}, status=422, has=["makes vectors"])


def dot(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


async def test_an_embedding_model_that_is_missing_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"\[models\] embedder: There is no model named none"):
        async with open_kit(tmp_path / "data", flags={"models.embedder": "none"}):
            pass
