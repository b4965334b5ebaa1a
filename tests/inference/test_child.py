"""A model's process that dies, hangs, is refused or runs out of memory: the engine says so and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from agora.inference.child import ChildEngine
from agora.inference.child_wire import ChildLimits
from agora.inference.errors import EngineStopped, EngineUnusable, ModelRefused
from agora.inference.ports import GenerationRequest, GenerationResult, complete, text_prompt
from agora.inference.settings import InferenceSettings
from agora.inference.tiny import write_tiny_model

SETTINGS = InferenceSettings(context=2048, threads=1, try_models=False)
LONG = GenerationRequest(id="long", prompt=text_prompt("on and on"), grammar='root ::= "a" root', max_tokens=1900, seed=1)
SHORT = GenerationRequest(prompt=text_prompt("hello"), max_tokens=4, seed=1)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(90):
        while not holds():
            await asyncio.sleep(0.01)


@pytest.fixture
async def engine(tiny: Path, cache: Path) -> AsyncIterator[ChildEngine]:
    child = ChildEngine(SETTINGS, tiny, cache, ChildLimits(), name="tiny")
    await child.start()
    yield child
    await child.stop()


async def test_a_killed_process_ends_its_texts_with_the_reason_and_is_started_again(engine: ChildEngine) -> None:
    before = (await complete(engine, SHORT)).text
    stream = engine.generate(LONG)
    await anext(stream)
    first = engine.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    with pytest.raises(EngineStopped, match="SIGKILL"):
        async for _ in stream:
            pass
    await until(lambda: engine.info().state == "ready")
    assert engine.pid not in (None, first)
    assert engine.restarts == 1
    assert (await complete(engine, SHORT)).text == before


async def test_a_process_that_hangs_is_ended_and_started_again(tiny: Path, cache: Path) -> None:
    engine = ChildEngine(SETTINGS, tiny, cache, ChildLimits(watchdog_s=8), name="tiny")
    await engine.start()
    try:
        assert engine.pid is not None
        os.kill(engine.pid, signal.SIGSTOP)
        with pytest.raises(EngineStopped, match="no sign of life"):
            await complete(engine, SHORT)
        assert (await ask_again(engine)).receipt.tokens_generated > 0
        assert engine.restarts >= 1
    finally:
        await engine.stop()


async def ask_again(engine: ChildEngine) -> GenerationResult:
    """As agents do: on a machine so busy that the new process is silent for long as well it is ended once more."""
    async with asyncio.timeout(90):
        while True:
            await until(lambda: engine.info().state == "ready")
            with contextlib.suppress(EngineStopped):
                return await complete(engine, SHORT)


async def test_a_stopped_engine_leaves_no_process(engine: ChildEngine) -> None:
    pid = engine.pid
    assert pid is not None
    task = asyncio.create_task(complete(engine, LONG))
    await asyncio.sleep(0)
    await engine.stop()
    with pytest.raises(EngineStopped):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_refused_file_is_refused_here_with_the_same_words(tmp_path: Path, cache: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"no model" * 100)
    engine = ChildEngine(SETTINGS, broken, cache, ChildLimits(), name="broken")
    with pytest.raises(ModelRefused, match=r"broken\.gguf"):
        await engine.start()
    assert engine.info().state == "failed"
    assert engine.pid is None


async def test_memory_is_limited(tiny: Path, cache: Path) -> None:
    settings = InferenceSettings(context=4_000_000, threads=1, try_models=False)
    engine = ChildEngine(settings, tiny, cache, ChildLimits(memory_mib=600), name="tiny")
    with pytest.raises((EngineUnusable, ModelRefused)):
        await engine.start()
    assert engine.pid is None


async def test_cores_are_limited(tiny: Path, cache: Path) -> None:
    engine = ChildEngine(SETTINGS, tiny, cache, ChildLimits(cores=1), name="tiny")
    await engine.start()
    try:
        assert engine.pid is not None
        assert len(os.sched_getaffinity(engine.pid)) == 1
    finally:
        await engine.stop()


async def test_a_file_that_vanishes_is_told_when_the_process_comes_back(tmp_path: Path, cache: Path) -> None:
    path = write_tiny_model(tmp_path / "gone.gguf")
    engine = ChildEngine(SETTINGS, path, cache, ChildLimits(), name="gone")
    await engine.start()
    try:
        path.unlink()
        assert (await complete(engine, SHORT)).receipt.tokens_generated > 0  # it is still mapped
        assert engine.pid is not None
        os.kill(engine.pid, signal.SIGKILL)
        await until(lambda: engine.info().state == "failed")
        assert "gone" in engine.info().reason
        write_tiny_model(path)
        await until(lambda: engine.info().state == "ready")
    finally:
        await engine.stop()
