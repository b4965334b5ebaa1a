"""Choosing, loading and changing the model, with real files and the real engine."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from agora.domains.minds.models import host as host_module
from agora.domains.minds.models.host import Host
from agora.inference.errors import EngineStopped, ModelRefused
from agora.inference.ports import GenerationRequest, complete, text_prompt
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings
from agora.inference.tiny import TinyShape, write_tiny_model

SETTINGS = InferenceSettings(context=1024, sequences=2, remembered=0, threads=1, try_models=False)


@contextlib.asynccontextmanager
async def open_host(folder: Path, name: str = "") -> AsyncIterator[Host]:
    """A host over the models of a folder."""
    host = Host(SETTINGS, ModelRegistry([], folder, folder / "cache"), folder / "cache")
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
