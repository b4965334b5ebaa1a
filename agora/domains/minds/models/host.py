"""``Host``: the engine that everybody asks. It loads the chosen model behind the server's start, and changes over at run time.

A model that cannot be used leaves the one before it at work; with none at all the server runs on, agents are silent, and
``info`` says why and what to do.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from agora.domains.minds.models.loaded import Loaded, open_model
from agora.inference.errors import EngineStopped, InferenceError, ModelNotFound
from agora.inference.layout import Style
from agora.inference.ports import Delta, Engine, EngineInfo, GenerationRequest
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings

log = logging.getLogger(__name__)
LOOK_S = 10.0
"""How often the folders are looked at again while there is no model."""
MOST_BESIDE = 2
"""Models that agents ask for by name stay loaded beside the chosen one, at most so many."""


class Host:
    """An ``Engine`` over whichever model is chosen; other models are loaded when an agent asks for them by name."""

    def __init__(self, settings: InferenceSettings, registry: ModelRegistry, cache: Path) -> None:
        self._settings, self._registry, self._cache = settings, registry, cache
        self._chosen: Loaded | None = None
        self._beside: dict[str, Loaded] = {}
        self._wanted = ""
        self._reason = ""
        self._loading = False
        self._lock = asyncio.Lock()
        self._changed = asyncio.Event()

    # choosing

    def choose(self, name: str) -> None:
        """Run this model from now on; the change happens in the background."""
        self._wanted = name
        self._changed.set()

    async def run(self) -> None:
        """Load what is chosen, for ever; look again for a model while there is none."""
        while True:
            self._changed.clear()
            await self._load()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if self._chosen is not None else LOOK_S):
                    await self._changed.wait()

    async def _load(self) -> None:
        wanted = self._wanted
        self._loading = True
        try:
            async with self._lock:
                loaded = await open_model(self._settings, self._registry, self._cache, wanted)
                before, self._chosen = self._chosen, loaded
            if self._reason:
                log.info("the model %s is in use", loaded.name)
            self._reason = ""
            if before is not None:
                await before.engine.stop()
        except InferenceError as error:
            self._note(error.message)
        except OSError as error:
            self._note(f"The model could not be loaded: {error}.")
        finally:
            self._loading = False

    def _note(self, reason: str) -> None:
        if reason != self._reason:
            log.warning("%s%s", reason, f" The model {self._chosen.name} stays in use." if self._chosen else "")
        self._reason = reason

    async def find(self, name: str | None) -> tuple[Engine, Style]:
        """The engine for a model's name (None: the chosen one) and its prompt style.

        A model that is not there is replaced by the chosen one. Raises EngineStopped without any, ModelRefused for a bad file.
        """
        if name and (self._chosen is None or name != self._chosen.name) and self._settings.engine != "fake":
            with contextlib.suppress(ModelNotFound):
                return _pair(await self._find_beside(name))
        if self._chosen is None:
            raise EngineStopped(self._reason or "The model is still being loaded.")
        return _pair(self._chosen)

    async def _find_beside(self, name: str) -> Loaded:
        async with self._lock:
            loaded = self._beside.pop(name, None)
            if loaded is None or loaded.engine.info().state != "ready":
                loaded = await open_model(self._settings, self._registry, self._cache, name)
            self._beside[name] = loaded  # the last one used stands last
            idle = [n for n, one in self._beside.items() if n != name and one.engine.info().active == 0]
            for old in idle[: max(0, len(self._beside) - MOST_BESIDE)]:
                await self._beside.pop(old).engine.stop()
        return loaded

    # Engine

    async def start(self) -> None:
        """Load the chosen model now; failing leaves the reason in ``info``."""
        await self._load()

    async def stop(self) -> None:
        """Stop all engines."""
        async with self._lock:
            running = [*self._beside.values(), *([self._chosen] if self._chosen is not None else [])]
            self._beside.clear()
            self._chosen = None
        for loaded in running:
            await loaded.engine.stop()

    async def generate(self, request: GenerationRequest) -> AsyncIterator[Delta]:
        """See Engine.generate."""
        engine, _ = await self.find(None)
        stream = engine.generate(request)
        try:
            async for delta in stream:
                yield delta
        finally:
            engine.cancel(request.id)

    def cancel(self, request_id: str) -> None:
        """See Engine.cancel."""
        for loaded in (self._chosen, *self._beside.values()):
            if loaded is not None:
                loaded.engine.cancel(request_id)

    def count_tokens(self, text: str) -> int:
        """See Engine.count_tokens. Raises EngineStopped."""
        if self._chosen is None:
            raise EngineStopped(self._reason or "The model is still being loaded.")
        return self._chosen.engine.count_tokens(text)

    def info(self) -> EngineInfo:
        """The chosen model's engine; without one, why."""
        if self._chosen is not None:
            info = self._chosen.engine.info()
            return msgspec.structs.replace(info, reason=info.reason or self._reason)
        return EngineInfo(
            engine=self._settings.engine,
            state="starting" if self._loading or not self._reason else "failed",
            model=self._wanted if self._loading else "",
            model_hash="",
            description="",
            context=0,
            threads=0,
            active=0,
            waiting=0,
            reason=self._reason,
        )


def _pair(loaded: Loaded) -> tuple[Engine, Style]:
    return loaded.engine, loaded.style
