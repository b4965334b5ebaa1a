"""Choosing, loading and changing the model, with real files and the real engine."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from agora.domains.minds.models import host as host_module
from agora.domains.minds.models.host import Host
from agora.domains.minds.models.loaded import Opener
from agora.inference.errors import EngineStopped, ModelRefused, ModelTooLarge
from agora.inference.model_info import inspect_model
from agora.inference.model_memory import estimate_memory
from agora.inference.ports import GenerationRequest, complete, text_prompt
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings
from agora.inference.tiny import TinyShape, write_tiny_model

SETTINGS = InferenceSettings(context=1024, sequences=2, remembered=0, threads=1, try_models=False)


@contextlib.asynccontextmanager
async def open_host(folder: Path, name: str = "", *, limit: int = 1 << 40, **changes: object) -> AsyncIterator[Host]:
    """A host over the models of a folder; `limit` in bytes, `changes` of the settings."""
    settings = msgspec.structs.replace(SETTINGS, **changes)
    host = Host(Opener(settings, ModelRegistry([], folder, folder / "cache"), folder / "cache"), limit)
    host.choose(name)
    task = asyncio.create_task(host.run())
    try:
        yield host
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await host.stop()


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something that happens in the background."""
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)


async def test_without_a_model_it_says_what_to_do_and_takes_one_that_comes_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_module, "LOOK_S", 0.05)
    async with open_host(tmp_path) as host:
        await until(lambda: host.info().state == "failed")
        assert "put a GGUF file into models/" in host.info().reason
        with pytest.raises(EngineStopped, match="put a GGUF file"):
            await host.find(None)
        write_tiny_model(tmp_path / "late.gguf")
        await until(lambda: host.info().state == "ready")
        assert (host.info().model, host.info().reason) == ("late", "")
        request = GenerationRequest(prompt=text_prompt("hello"), max_tokens=4, seed=1)
        assert (await complete(host, request)).receipt.model == "late"


async def test_a_broken_file_is_refused_by_name_and_the_model_before_it_stays(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "good.gguf")
    (tmp_path / "broken.gguf").write_bytes(b"\x00\x01\x02 not a model" * 1000)
    async with open_host(tmp_path, "good") as host:
        await until(lambda: host.info().state == "ready")
        host.choose("broken")
        await until(lambda: "broken.gguf" in host.info().reason)
        assert (host.info().state, host.info().model) == ("ready", "good")
        with pytest.raises(ModelRefused, match=r"broken\.gguf"):
            await host.find("broken")
        host.choose("good")
        await until(lambda: host.info().reason == "")


async def test_changing_over_ends_the_model_before(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "one.gguf")
    write_tiny_model(tmp_path / "two.gguf", TinyShape(seed=8))
    async with open_host(tmp_path, "one") as host:
        await until(lambda: host.info().state == "ready")
        before, _ = await host.find(None)
        host.choose("two")
        await until(lambda: host.info().model == "two")
        await until(lambda: before.info().state == "stopped")


async def test_an_agent_may_speak_with_a_model_of_its_own(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "one.gguf")
    write_tiny_model(tmp_path / "two.gguf", TinyShape(seed=8))
    async with open_host(tmp_path, "one") as host:
        await until(lambda: host.info().state == "ready")
        own, style = await host.find("two")
        assert (own.info().model, style) == ("two", "chat")
        assert (await host.find("two"))[0] is own
        assert (await host.find(None))[0].info().model == "one"
        # one that is not there leaves the agent with the server's own
        assert (await host.find("gone"))[0].info().model == "one"


async def test_a_model_that_is_missing_is_stood_in_for_and_taken_when_it_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_module, "LOOK_S", 0.05)
    write_tiny_model(tmp_path / "one.gguf")
    async with open_host(tmp_path, "late") as host:
        await until(lambda: host.info().model == "one")
        assert "no model named late" in host.info().reason
        write_tiny_model(tmp_path / "late.gguf", TinyShape(seed=9))
        await until(lambda: host.info().model == "late")
        assert host.info().reason == ""


async def test_memory_is_kept_within_its_limit(tmp_path: Path) -> None:
    for seed, name in enumerate(("one", "two", "three")):
        write_tiny_model(tmp_path / f"{name}.gguf", TinyShape(seed=seed))
    one = estimate_memory(inspect_model(tmp_path / "one.gguf"), SETTINGS)
    async with open_host(tmp_path, "one", limit=2 * one + 1000) as host:
        await until(lambda: host.info().state == "ready")
        two, _ = await host.find("two")
        stream = two.generate(GenerationRequest(prompt=text_prompt("x"), grammar='root ::= "a" root', max_tokens=900))
        await anext(stream)
        with pytest.raises(ModelTooLarge, match="memory_mib"):
            await host.find("three")  # one is the chosen one and two is at work
        await stream.aclose()
        await until(lambda: two.info().active == 0)
        three, _ = await host.find("three")
        assert (three.info().state, two.info().state) == ("ready", "stopped")
        assert [loaded.name for loaded in host.shelf.list_loaded()] == ["one", "three"]
        assert [loaded.pinned for loaded in host.shelf.list_loaded()] == [True, False]


async def test_changing_over_works_when_both_do_not_fit_at_once(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "one.gguf")
    write_tiny_model(tmp_path / "two.gguf", TinyShape(seed=8))
    write_tiny_model(tmp_path / "huge.gguf", TinyShape(layers=64))
    one = estimate_memory(inspect_model(tmp_path / "one.gguf"), SETTINGS)
    async with open_host(tmp_path, "one", limit=one + 1_000_000) as host:
        await until(lambda: host.info().state == "ready")
        host.choose("two")
        await until(lambda: host.info().model == "two" and host.info().state == "ready")
        assert len(host.shelf.list_loaded()) == 1
        host.choose("huge")
        await until(lambda: "huge needs about" in host.info().reason)
        assert (host.info().model, host.info().state) == ("two", "ready")


async def test_what_is_written_when_the_model_changes_is_finished(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "one.gguf")
    write_tiny_model(tmp_path / "two.gguf", TinyShape(seed=8))
    async with open_host(tmp_path, "one") as host:
        await until(lambda: host.info().state == "ready")
        stream = host.generate(GenerationRequest(prompt=text_prompt("x"), grammar='root ::= "a" root', max_tokens=500))
        first = await anext(stream)
        host.choose("two")
        await until(lambda: host.info().model == "two")
        rest = [delta async for delta in stream]
        assert rest[-1].receipt is not None
        assert (rest[-1].finish, rest[-1].receipt.model) == ("length", "one")
        assert len(first.text) + sum(len(delta.text) for delta in rest) == 500


async def test_what_nobody_asks_for_is_unloaded(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "one.gguf")
    write_tiny_model(tmp_path / "two.gguf", TinyShape(seed=8))
    async with open_host(tmp_path, "one") as host:
        await until(lambda: host.info().state == "ready")
        two, _ = await host.find("two")
        host.shelf.sweep(idle_s=3600)
        assert len(host.shelf.list_loaded()) == 2
        host.shelf.sweep(idle_s=0)
        await until(lambda: two.info().state == "stopped")
        assert [loaded.name for loaded in host.shelf.list_loaded()] == ["one"]


async def test_a_model_that_is_removed_while_in_use_gives_way_to_the_servers_own(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "a.gguf")
    path = write_tiny_model(tmp_path / "b.gguf", TinyShape(seed=8))
    async with open_host(tmp_path, "b") as host:
        await until(lambda: host.info().state == "ready")
        stream = host.generate(GenerationRequest(prompt=text_prompt("x"), grammar='root ::= "a" root', max_tokens=300))
        await anext(stream)
        path.unlink()
        host.forget("b")
        await until(lambda: host.info().model == "a" and host.info().state == "ready")
        assert [delta async for delta in stream][-1].finish == "length"
        assert (await host.find("b"))[0].info().model == "a"


async def test_the_same_model_in_a_process_of_its_own(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "one.gguf")
    request = GenerationRequest(prompt=text_prompt("hello"), max_tokens=6, seed=1)
    texts = []
    for isolation in ("thread", "process"):
        async with open_host(tmp_path, "one", isolation=isolation, exact=True) as host:
            await until(lambda host=host: host.info().state == "ready")
            assert host.info().engine == ("llama" if isolation == "thread" else "process")
            texts.append((await complete(host, request)).text)
    assert texts[0] == texts[1]


async def test_an_engine_that_ends_by_itself_is_replaced_but_not_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_module, "SWEEP_S", 0.05)
    write_tiny_model(tmp_path / "one.gguf")
    async with open_host(tmp_path, "one") as host:
        await until(lambda: host.info().state == "ready")
        for _ in range(2):
            engine, _ = await host.find(None)
            await engine.stop()  # as after too many failures
            await until(lambda engine=engine: host.info().state == "ready" and host.shelf.find("one").engine is not engine)
        engine, _ = await host.find(None)
        await engine.stop()
        await until(lambda: "has ended 3 times" in host.info().reason)
        host.choose("one")  # by hand: once more
        await until(lambda: host.info().state == "ready" and host.info().reason == "")


@pytest.mark.parametrize("isolation", ["thread", "process"])
async def test_a_small_model_guesses_ahead_wherever_the_large_one_runs(tmp_path: Path, isolation: str) -> None:
    write_tiny_model(tmp_path / "large.gguf")
    write_tiny_model(tmp_path / "small.gguf", TinyShape(layers=1))
    async with open_host(tmp_path, "large", draft="small", isolation=isolation) as host:
        await until(lambda: host.info().state == "ready")
        request = GenerationRequest(prompt=text_prompt("hello"), max_tokens=30, seed=1)
        receipt = (await complete(host, request)).receipt
        assert receipt.tokens_drafted > 0
        await until(lambda: host.info().load.drafted == receipt.tokens_drafted)
        assert host.info().load.draft == "small"
        (loaded,) = host.shelf.list_loaded()
        assert loaded.load.draft == "small"
        assert loaded.bytes > estimate_memory(inspect_model(tmp_path / "large.gguf"), msgspec.structs.replace(SETTINGS, draft=""))
    async with open_host(tmp_path, "large", draft="nobody", isolation=isolation) as host:
        await until(lambda: "no model named nobody" in host.info().load.draft_problem)
        assert host.info().state == "ready", "a wrong draft stops nobody"
