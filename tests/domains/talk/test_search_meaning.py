"""Search by meaning: with a model that knows a few concepts, so that what is near is known. Nothing is loaded unasked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest

from agora.domains.talk.search.meaning import Meaning
from agora.domains.talk.search.vector_rows import list_stored
from agora.inference.embed import SentenceEmbedder
from agora.inference.ports import Embedder
from tests.domains.talk.conftest import Room
from tests.kit.server import Kit, Person, open_kit

CONCEPTS = (("dog", "puppy", "chien"), ("cat", "kitten", "chat"), ("train", "railway", "gare"), ("soup", "potage"))
WIDTH = 32


def concepts(self: SentenceEmbedder, texts: list[str]) -> list[list[float]]:
    """One direction for each concept, another for each other text."""
    vectors = []
    for text in texts:
        words = set(re.findall(r"\w+", text.lower()))
        vector = [float(bool(words & set(concept))) for concept in CONCEPTS] + [0.0] * (WIDTH - len(CONCEPTS))
        if not any(vector):
            vector[len(CONCEPTS) + sum(map(ord, text)) % (WIDTH - len(CONCEPTS))] = 1.0
        length = sum(number * number for number in vector) ** 0.5
        vectors.append([number / length for number in vector])
    return vectors


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were embedded."""
    seen: list[str] = []

    def embed(self: SentenceEmbedder, texts: list[str]) -> list[list[float]]:
        seen.extend(texts)
        return concepts(self, texts)

    monkeypatch.setattr(SentenceEmbedder, "_embed", embed)
    monkeypatch.setattr("agora.domains.talk.search.meaning.GATHER_S", 0.0)
    return seen


async def _ask(kit: Kit, person: Person, query: str, mode: str = "semantic", more: str = "") -> list[str]:
    """Asks until every message has its meaning."""
    while True:
        answer = await kit.request("GET", f"/api/agora/search?q={quote(query)}&mode={mode}{more}", person)
        assert answer.status == 200, answer.text
        if answer.json["behind"] == 0:
            return [item["message"]["content"] for item in answer.json["items"]]
        await asyncio.sleep(0.02)


async def _until(kit: Kit, person: Person, query: str, wanted: list[str]) -> None:
    """What is written is embedded a moment later."""
    async with asyncio.timeout(30):
        while await _ask(kit, person, query) != wanted:
            await asyncio.sleep(0.02)


async def test_nothing_is_embedded_before_somebody_asks(room: Room, model: list[str]) -> None:
    await room.say("a dog in the garden")
    await room.kit.request("GET", "/api/agora/search?q=dog", room.ben)
    assert model == []
    assert not room.kit.app.get(Meaning).awake
    assert await _ask(room.kit, room.ben, "puppy") == ["a dog in the garden"]
    assert "a dog in the garden" in model


async def test_what_is_near_in_meaning_is_found_without_its_words(room: Room) -> None:
    await room.say("a dog in the garden")
    await room.say("the train is late")
    await room.say("le chat dort, le chien aussi")
    found = await _ask(room.kit, room.ben, "puppy")
    assert found == ["a dog in the garden", "le chat dort, le chien aussi"]
    answer = await room.kit.request("GET", "/api/agora/search?q=puppy&mode=semantic&limit=1", room.ben)
    assert answer.json["items"][0]["score"] == pytest.approx(1, abs=0.01)
    assert answer.json["items"][0]["snippet"] == "a dog in the garden"
    assert (answer.json["next"], answer.json["total"]) == ("1", 2)
    second = await room.kit.request("GET", "/api/agora/search?q=puppy&mode=semantic&limit=1&cursor=1", room.ben)
    assert [item["message"]["content"] for item in second.json["items"]] == ["le chat dort, le chien aussi"]
    assert second.json["next"] is None


async def test_hybrid_joins_words_and_meaning(room: Room) -> None:
    await room.say("my dog")
    await room.say("puppy training")
    await room.say("potage")
    assert await _ask(room.kit, room.ben, "puppy", "hybrid") == ["puppy training", "my dog"]
    answer = await room.kit.request("GET", "/api/agora/search?q=puppy&mode=hybrid", room.ben)
    assert answer.json["items"][0]["snippet"] == "<mark>puppy</mark> training"


async def test_filters_and_permissions_hold(room: Room) -> None:
    kit = room.kit
    await room.say("a dog", room.ada)
    await room.say("one more dog", room.ben)
    hidden = [{"id": str(room.guild), "type": 0, "allow": "0", "deny": str(1 << 10)}]
    cellar = await kit.channel(room.ada, room.guild, "cellar", permission_overwrites=hidden)
    await kit.request("POST", f"/api/v10/channels/{cellar}/messages", room.ada, json={"content": "a hidden dog"})
    assert sorted(await _ask(kit, room.ada, "puppy")) == ["a dog", "a hidden dog", "one more dog"]
    assert sorted(await _ask(kit, room.ben, "puppy")) == ["a dog", "one more dog"]
    assert await _ask(kit, room.eve, "puppy") == []
    assert await _ask(kit, room.ben, "puppy from:ada") == ["a dog"]
    assert await _ask(kit, room.ben, "puppy in:cellar") == []
    assert await _ask(kit, room.ada, "puppy", more=f"&channel_id={cellar}") == ["a hidden dog"]
    assert await _ask(kit, room.ada, "from:ben") == ["one more dog"]
    no_history = [{"id": str(room.guild), "type": 0, "allow": "0", "deny": str(1 << 16)}]
    await kit.request("PATCH", f"/api/v10/channels/{room.channel}", room.ada, json={"permission_overwrites": no_history})
    assert await _ask(kit, room.ben, "puppy") == []


async def test_new_edited_and_deleted_messages(room: Room) -> None:
    await _ask(room.kit, room.ben, "puppy")
    message = await room.say("a dog")
    await _until(room.kit, room.ben, "puppy", ["a dog"])
    await room.kit.request("PATCH", f"{room.path}/{message['id']}", room.ada, json={"content": "a train"})
    await _until(room.kit, room.ben, "puppy", [])
    await _until(room.kit, room.ben, "railway", ["a train"])
    await room.kit.request("DELETE", f"{room.path}/{message['id']}", room.ada)
    assert await _ask(room.kit, room.ben, "railway") == []
    assert await room.kit.ctx().read(list_stored) == []


async def test_never_refuses(tmp_path: Path) -> None:
    async with open_kit(tmp_path, flags={"search.meaning": "never"}) as kit:
        ada = await kit.person("ada")
        await kit.scenario("GET", "/api/agora/search?q=x&mode=hybrid", ada, status=400, has=["mode", "switched off"])


async def _write(folder: Path) -> tuple[int, Person]:
    async with open_kit(folder) as kit:
        ada = await kit.person("ada")
        channel = await kit.channel(ada, await kit.guild(ada), "general")
        for content in ("a dog", "a cat", "a train"):
            await kit.request("POST", f"/api/v10/channels/{channel}/messages", ada, json={"content": content})
        assert await _ask(kit, ada, "kitten") == ["a cat"]
        return channel, ada


@pytest.mark.parametrize("damage", ["none", "missing", "broken"])
async def test_a_restart_embeds_nothing_anew(tmp_path: Path, model: list[str], damage: str) -> None:
    channel, ada = await _write(tmp_path)
    saved = tmp_path / "indexes" / "messages.hnsw"
    assert saved.exists()
    if damage == "missing":
        saved.unlink()
    elif damage == "broken":
        saved.write_bytes(saved.read_bytes()[:-1])
    async with open_kit(tmp_path) as kit:
        await kit.request("POST", f"/api/v10/channels/{channel}/messages", ada, json={"content": "another puppy"})
        model.clear()
        assert sorted(await _ask(kit, ada, "chien")) == ["a dog", "another puppy"]
        assert not {"a dog", "a cat", "a train"} & set(model)


async def test_another_model_makes_all_vectors_anew(tmp_path: Path, model: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _, ada = await _write(tmp_path)

    def turned(self: SentenceEmbedder, texts: list[str]) -> list[list[float]]:
        model.extend(texts)
        return [[0.0, *vector] for vector in concepts(self, texts)]

    monkeypatch.setattr(SentenceEmbedder, "_embed", turned)
    async with open_kit(tmp_path) as kit:
        model.clear()
        assert await _ask(kit, ada, "chien") == ["a dog"]
        assert {"a dog", "a cat", "a train"} <= set(model)


async def test_only_the_newest_have_a_vector(tmp_path: Path) -> None:
    async with open_kit(tmp_path, flags={"search.vectors": 100}) as kit:
        ada = await kit.person("ada")
        channel = await kit.channel(ada, await kit.guild(ada), "general")
        for number in range(103):
            await kit.request("POST", f"/api/v10/channels/{channel}/messages", ada, json={"content": f"dog {number}"})
        await _ask(kit, ada, "puppy")
        stored = [each.id for each in await kit.ctx().read(list_stored)]
        assert len(stored) == 100


async def test_always_begins_by_itself(tmp_path: Path, model: list[str]) -> None:
    async with open_kit(tmp_path, flags={"search.meaning": "always"}) as kit:
        async with asyncio.timeout(30):
            while not model:
                await asyncio.sleep(0.02)
        assert kit.app.get(Meaning).awake


@pytest.fixture
async def broken(room: Room, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    """A model that fails until it is mended."""

    def fail(self: SentenceEmbedder, texts: list[str]) -> list[list[float]]:
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(SentenceEmbedder, "_embed", fail)
        yield room


async def test_a_failure_is_said_and_tried_again(broken: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = await broken.kit.request("GET", "/api/agora/search?q=x&mode=semantic", broken.ben)
    assert answer.status in (500, 503)
    assert broken.kit.app.find(Embedder) is not None
    monkeypatch.setattr(SentenceEmbedder, "_embed", concepts)
    await broken.say("a dog")
    assert await _ask(broken.kit, broken.ben, "puppy") == ["a dog"]
