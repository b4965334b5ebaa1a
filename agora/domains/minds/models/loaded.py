"""One model with its engine: looked up by its name, measured, then opened in this process, in one of its own, or at a server."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import msgspec

from agora.inference.adapters import Adapter
from agora.inference.child import ChildEngine
from agora.inference.child_wire import ChildLimits
from agora.inference.drafting import MOST_TEXTS, WINDOW
from agora.inference.errors import ModelNotFound, ModelRefused
from agora.inference.layout import Style, find_style
from agora.inference.model_info import inspect_model
from agora.inference.model_memory import estimate_memory
from agora.inference.ports import Engine
from agora.inference.registry import ModelRegistry
from agora.inference.remote import RemoteEngine
from agora.inference.remote_pool import Remotes
from agora.inference.settings import InferenceSettings
from agora.inference.start import build_engine

REMOTE = "remote/"
"""What the names of models at servers begin with."""


class Loaded(msgspec.Struct, frozen=True, eq=False):
    """An engine that runs, the prompt style of its model, and the bytes of memory it was reckoned to take."""

    name: str
    engine: Engine
    style: Style
    bytes: int = 0


class Plan(msgspec.Struct, frozen=True):
    """What is known of a model before it is opened. Without a path it is a server's, or the fake one."""

    name: str
    bytes: int = 0
    path: Path | None = None
    adapters: tuple[Adapter, ...] = ()


class Opener:
    """Finds and opens models by name."""

    def __init__(self, settings: InferenceSettings, registry: ModelRegistry, cache: Path, remotes: Remotes | None = None) -> None:
        """``cache`` may be deleted at any time; ``remotes`` are the servers of the settings."""
        self.settings, self._registry, self._cache, self._remotes = settings, registry, cache, remotes

    async def plan(self, name: str) -> Plan:
        """The model of this name; empty is the starter model or the first there is. Raises ModelNotFound or ModelRefused."""
        if name.startswith(REMOTE):
            return Plan(name)
        if self.settings.engine == "fake":
            return Plan("fake")
        return await asyncio.to_thread(self._measure, name)

    async def open(self, plan: Plan) -> Loaded:
        """Start the model's engine. Raises ModelRefused or EngineUnusable; nothing is left running then."""
        engine, style = await asyncio.to_thread(self._build, plan)
        await engine.start()
        return Loaded(plan.name, engine, style, plan.bytes)

    def _measure(self, name: str) -> Plan:
        path, adapters = self._registry.resolve(name)
        sizes = [estimate_memory(inspect_model(Path(file.path)), self.settings) for file in adapters]
        stem = path.stem if name.endswith(".gguf") else "+".join((path.stem, *name.split("+")[1:]))
        return Plan(stem, estimate_memory(inspect_model(path), self.settings) + sum(sizes) + self._measure_draft(), path, adapters)

    def _measure_draft(self) -> int:
        """Bytes of the model that guesses ahead, of which little is evaluated at a time; 0 where there is none that could."""
        with contextlib.suppress(ModelNotFound, ModelRefused):
            if self.settings.draft:
                small = msgspec.structs.replace(self.settings, context=4 * WINDOW, sequences=MOST_TEXTS, remembered=0, batch=256)
                return estimate_memory(inspect_model(self._registry.get_kind(self.settings.draft, "text")), small)
        return 0

    def _build(self, plan: Plan) -> tuple[Engine, Style]:
        settings = self.settings
        if plan.name.startswith(REMOTE):
            if self._remotes is None or not self._remotes.configured:
                raise ModelNotFound("No servers of models are set: write their addresses into [models] remotes of agora.toml.")
            name = plan.name.removeprefix(REMOTE)
            engine = RemoteEngine(self._remotes, name, waiting=settings.waiting, seed=settings.seed, name=plan.name)
            return engine, "chat"
        if plan.path is None:
            return build_engine(settings, self._registry, self._cache), "chat"
        style = find_style(inspect_model(plan.path).metadata)
        if settings.isolation == "process":
            with contextlib.suppress(ModelNotFound, ModelRefused):  # the process knows no names, and says so
                if settings.draft:
                    draft = self._registry.get_kind(settings.draft, "text").absolute()
                    settings = msgspec.structs.replace(settings, draft=str(draft))
            limits = ChildLimits(settings.process_memory_mib, settings.process_cores, settings.process_watchdog_s)
            return ChildEngine(settings, plan.path, self._cache, limits, name=plan.name, adapters=plan.adapters), style
        named = msgspec.structs.replace(settings, model=str(plan.path))
        return build_engine(named, self._registry, self._cache, plan.adapters, name=plan.name), style
