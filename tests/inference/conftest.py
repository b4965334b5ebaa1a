"""A tiny model with random weights, made once, and engines over it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from weakref import WeakKeyDictionary

import pytest

from agora.inference.backend import LlamaBackend
from agora.inference.engine import Loaded, ThreadEngine
from agora.inference.settings import InferenceSettings
from agora.inference.tiny import write_tiny_model
from tests.inference.gate import Gate
from tests.inference.peers import run_agora

OpenEngine = Callable[..., Awaitable[ThreadEngine]]
GATES: WeakKeyDictionary[ThreadEngine, Gate] = WeakKeyDictionary()
"""The gate before each engine's steps; open unless a test closes it."""


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model file."""
    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was found out about library and files: one trial for all tests."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def peer(tmp_path_factory: pytest.TempPathFactory, tiny: Path) -> Iterator[str]:
    """The address of a real server of models: Agora itself over the tiny model."""
    with run_agora(tmp_path_factory.mktemp("peer"), tiny) as url:
        yield url


@pytest.fixture
async def open_engine(tiny: Path) -> AsyncIterator[OpenEngine]:
    """Starts engines over the tiny model with the given settings; all are stopped at the end."""
    opened: list[ThreadEngine] = []

    async def start(**changes: object) -> ThreadEngine:
        settings = InferenceSettings(**{"context": 4096, "exact": True, "threads": 1} | changes)

        def load() -> Loaded:
            backend = LlamaBackend(tiny, settings)
            GATES[engine] = Gate(backend)
            return Loaded(backend, "0" * 64)

        engine = ThreadEngine(load, settings, name="tiny")
        await engine.start()
        opened.append(engine)
        return engine

    yield start
    for engine in opened:
        await engine.stop()
