"""``Shelf``: the models that are loaded, within a limit of memory; what nobody asks for makes room."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import msgspec

from agora.domains.minds.models.choice import split_files
from agora.domains.minds.models.loaded import Loaded, Opener, Plan
from agora.inference.errors import EngineUnusable, ModelTooLarge
from agora.inference.ports import EngineLoad

DRAIN_S = 30.0
"""How long a model that is to go may finish what it writes."""
LOOK_S = 0.05
MOST_DEATHS = 3
"""So often an engine that has ended by itself is replaced."""


class LoadedModel(msgspec.Struct, frozen=True):
    """A loaded model as others see it; ``bytes`` were reckoned beforehand."""

    name: str
    engine: str
    state: str
    reason: str
    bytes: int
    active: int
    waiting: int
    pinned: bool
    threads: int = 0
    load: EngineLoad = EngineLoad()


class Shelf:
    """Loaded models by name, the one used last at the end. ``limit`` in bytes."""

    def __init__(self, opener: Opener, limit: int) -> None:
        self._opener, self.limit = opener, limit
        self._items: dict[str, Loaded] = {}
        self._used_at: dict[str, float] = {}
        self._retiring: dict[asyncio.Task[None], Loaded] = {}
        self._deaths: Counter[str] = Counter()
        self._lock = asyncio.Lock()
        self.pinned = ""
        """The model that is never unloaded to make room."""

    def find(self, name: str) -> Loaded | None:
        """A model that is loaded and alive, now used; None else."""
        loaded = self._items.get(name)
        if loaded is None or _is_dead(loaded):
            return None
        self._items[name] = self._items.pop(name)
        self._used_at[name] = time.monotonic()
        return loaded

    async def get(self, name: str) -> Loaded:
        """The model, loaded if need be. Raises ModelNotFound, ModelRefused (ModelTooLarge without room) or EngineUnusable."""
        if name and (known := self.find(name)) is not None:
            return known
        async with self._lock:
            plan = await self._opener.plan(name)
            known = self.find(plan.name)
            if known is not None:
                return known
            await self._bury(plan.name)
            await self._make_room(plan)
            self._items[plan.name] = await self._opener.open(plan)
            self._used_at[plan.name] = time.monotonic()
            return self._items[plan.name]

    def list_loaded(self) -> list[LoadedModel]:
        """All, also those on their way out."""
        return [self._describe(loaded) for loaded in (*self._items.values(), *self._retiring.values())]

    def list_engines(self) -> list[Loaded]:
        """All that may be writing."""
        return [*self._items.values(), *self._retiring.values()]

    def retire(self, name: str) -> asyncio.Task[None] | None:
        """Unload a model when it has finished what it writes; None when it is not loaded."""
        loaded = self._items.pop(name, None)
        if loaded is None:
            return None
        task = asyncio.create_task(_drain(loaded), name=f"model-unload-{name}")
        self._retiring[task] = loaded
        task.add_done_callback(lambda done: self._retiring.pop(done, None))
        return task

    def retire_file(self, file: str) -> None:
        """Unload whatever uses a file, as model or as adapter."""
        for name in [name for name in self._items if file in split_files(name)]:
            self.retire(name)

    def sweep(self, idle_s: float) -> None:
        """Unload what was not asked for in so many seconds."""
        oldest = time.monotonic() - idle_s
        for name, loaded in list(self._items.items()):
            if name != self.pinned and self._used_at[name] < oldest and not _is_busy(loaded):
                self.retire(name)

    async def close(self) -> None:
        """Stop all engines."""
        async with self._lock:
            for task in list(self._retiring):
                task.cancel()
            running = self.list_engines()
            self._items.clear()
        for loaded in running:
            await loaded.engine.stop()

    def forgive(self, name: str) -> None:
        """Somebody chose the model anew: however often its engine has ended, it may be opened again."""
        self._deaths.pop(name, None)

    async def _bury(self, name: str) -> None:
        """An engine that has ended by itself makes way for a new one, but not for ever. Raises EngineUnusable."""
        dead = self._items.pop(name, None)
        if dead is not None:
            self._deaths[name] += 1
            await dead.engine.stop()
        if self._deaths[name] >= MOST_DEATHS:
            raise EngineUnusable(
                f"The engine of {name} has ended {self._deaths[name]} times; choose another model or restart Agora."
            )

    async def _make_room(self, plan: Plan) -> None:
        """Unload idle models, the one used longest ago first, until the new one fits. Raises ModelTooLarge."""
        for name, loaded in list(self._items.items()):
            if self._count_bytes() + plan.bytes <= self.limit:
                break
            if loaded.bytes and name != self.pinned and not _is_busy(loaded):
                del self._items[name]
                await loaded.engine.stop()
        taken = self._count_bytes()
        if plan.bytes and taken + plan.bytes > self.limit:
            beside = f"; the loaded models take {_mib(taken)} of them" if taken else ""
            raise ModelTooLarge(
                f"{plan.name} needs about {_mib(plan.bytes)} MiB of memory and models may take {_mib(self.limit)}{beside}. "
                "Choose a smaller model, or change [models] memory_mib or [inference] context."
            )

    def _count_bytes(self) -> int:
        return sum(loaded.bytes for loaded in self.list_engines())

    def _describe(self, loaded: Loaded) -> LoadedModel:
        info = loaded.engine.info()
        pinned = loaded.name == self.pinned and loaded.name in self._items
        return LoadedModel(
            name=loaded.name,
            engine=info.engine,
            state=info.state,
            reason=info.reason,
            bytes=loaded.bytes,
            active=info.active,
            waiting=info.waiting,
            pinned=pinned,
            threads=info.threads,
            load=info.load,
        )


def _is_dead(loaded: Loaded) -> bool:
    """An engine in this process that has ended. Processes and servers are looked after and may come back."""
    info = loaded.engine.info()
    return info.state == "stopped" or (info.state == "failed" and info.engine == "llama")


def _is_busy(loaded: Loaded) -> bool:
    info = loaded.engine.info()
    return info.active + info.waiting > 0


async def _drain(loaded: Loaded) -> None:
    try:
        for _ in range(int(DRAIN_S / LOOK_S)):
            if not _is_busy(loaded):
                break
            await asyncio.sleep(LOOK_S)
    finally:
        await loaded.engine.stop()


def _mib(size: int) -> int:
    return -(-size >> 20)
