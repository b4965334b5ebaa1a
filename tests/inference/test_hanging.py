"""An engine that hangs, and a model that goes away while it is in use: the reason is told and work goes on."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from agora.inference import engine as engine_module
from agora.inference.backend import LlamaBackend
from agora.inference.engine import Loaded, ThreadEngine
from agora.inference.errors import EngineStopped, InferenceError
from agora.inference.llama import ABORTED, Row
from agora.inference.ports import GenerationRequest, complete, text_prompt
from agora.inference.settings import InferenceSettings
from tests.inference.counting import CountingBackend, expected_text

REQUEST = {"tokens": (1, 2, 3), "max_tokens": 9, "seed": 4}


class Stuck(CountingBackend):
    """Its second step never ends by itself; `stubborn` not even when it is told to."""

    def __init__(self, *, stubborn: bool = False) -> None:
        super().__init__()
        self.stubborn = stubborn
        self.entered, self.released = threading.Event(), threading.Event()

    def decode(self, rows: Sequence[Row]) -> tuple[int, list[int]]:
        if self.steps == 0:
            return super().decode(rows)
        self.entered.set()
        self.released.wait(60)
        return ABORTED, []

    def abort(self) -> None:
        if not self.stubborn:
            self.released.set()


async def open_over(backends: list[CountingBackend]) -> ThreadEngine:
    """An engine that takes the next backend at every start."""
    left = list(backends)
    engine = ThreadEngine(lambda: Loaded(left.pop(0)), InferenceSettings(context=2048), name="stuck")
    await engine.start()
    return engine


async def hang(engine: ThreadEngine, backend: Stuck) -> asyncio.Task[object]:
    """A request that stands in a step that does not end."""
    task = asyncio.create_task(complete(engine, GenerationRequest(**REQUEST)))
    assert await asyncio.to_thread(backend.entered.wait, 60)
    return task


async def test_a_step_that_takes_its_time_is_left_alone() -> None:
    backend = Stuck()
    engine = await open_over([backend])
    task = await hang(engine, backend)
    await engine.check_alive(time.monotonic() + 1)
    assert not task.done()
    assert engine.info().state == "ready"
    await engine.stop()
    with pytest.raises(EngineStopped):
        await task


async def test_an_engine_that_hangs_is_started_anew() -> None:
    stuck, healthy = Stuck(), CountingBackend()
    engine = await open_over([stuck, healthy])
    task = await hang(engine, stuck)
    await engine.check_alive(time.monotonic() + 1000)
    with pytest.raises(EngineStopped, match="started anew; try again"):
        await task
    assert stuck.closed
    assert engine.info().state == "ready"
    again = await complete(engine, GenerationRequest(**REQUEST))
    assert again.text == expected_text((1, 2, 3), 4, 9)
    await engine.stop()


async def test_a_thread_that_cannot_be_ended_is_left_behind_once_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "STOP_SECONDS", 0.01)
    first, second = Stuck(stubborn=True), Stuck(stubborn=True)
    engine = await open_over([first, second])
    for backend in (first, second):
        task = await hang(engine, backend)
        await engine.check_alive(time.monotonic() + 1000)
        with pytest.raises(EngineStopped):
            await task
    info = engine.info()
    assert (info.state, info.reason) == ("failed", "it hangs again and again; choose another model or restart Agora")
    with pytest.raises(EngineStopped, match="hangs again"):
        await complete(engine, GenerationRequest(**REQUEST))
    first.released.set()
    second.released.set()
    await engine.stop()


async def test_the_watchdog_looks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "LOOK_SECONDS", 0.001)
    stuck, healthy = Stuck(), CountingBackend()
    engine = await open_over([stuck, healthy])
    task = await hang(engine, stuck)
    worker = engine._worker
    assert worker is not None
    assert worker.busy_since is not None
    worker.busy_since -= 1000  # as if the step had begun long ago
    with pytest.raises(EngineStopped, match="started anew"):
        await task
    await engine.stop()


async def test_a_model_that_is_removed_while_in_use_goes_on_until_the_next_start(tiny: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(tiny, tmp_path / "gone.gguf"))
    settings = InferenceSettings(context=1024, threads=1)
    engine = ThreadEngine(lambda: Loaded(LlamaBackend(path, settings)), settings, name="gone")
    await engine.start()
    request = {"prompt": text_prompt("hello there"), "max_tokens": 5, "seed": 1}
    before = await complete(engine, GenerationRequest(**request))
    path.unlink()
    assert (await complete(engine, GenerationRequest(**request))).text == before.text
    await engine.stop()
    with pytest.raises(InferenceError, match=r"gone\.gguf"):
        await engine.start()
    assert engine.info().state == "failed"
    assert "gone.gguf" in engine.info().reason
