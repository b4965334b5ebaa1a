"""One model with its engine: opened from the registry, with what its file says about the prompt layout."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from agora.inference.layout import Style, find_style
from agora.inference.model_info import inspect_model
from agora.inference.ports import Engine
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings
from agora.inference.start import build_engine


class Loaded(msgspec.Struct, frozen=True):
    """An engine that runs, and the prompt style of its model."""

    name: str
    engine: Engine
    style: Style


async def open_model(settings: InferenceSettings, registry: ModelRegistry, cache: Path, name: str) -> Loaded:
    """Check a model's file and start its engine. Raises ModelNotFound, ModelRefused or EngineUnusable; nothing is left running."""
    if settings.engine == "fake":
        engine = build_engine(settings, registry, cache)
        await engine.start()
        return Loaded("fake", engine, "chat")
    path = await asyncio.to_thread(registry.get_path, name)
    info = await asyncio.to_thread(inspect_model, path)
    engine = build_engine(msgspec.structs.replace(settings, model=str(path)), registry, cache)
    await engine.start()
    return Loaded(path.stem, engine, find_style(info.metadata))
