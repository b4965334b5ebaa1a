"""The contenders of `agora bench roomful`: Agora's engine, and how the same model is usually asked."""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections.abc import Callable
from heapq import heappop, heappush
from pathlib import Path

from agora.domains.operations.bench import llama_server, server
from agora.domains.operations.bench.drive import Contender, Written
from agora.domains.operations.bench.room import Plan
from agora.inference.backend import LlamaBackend
from agora.inference.engine import Loaded, ThreadEngine
from agora.inference.plain import PlainModel
from agora.inference.ports import GenerationRequest, Priority, Receipt, Segment
from agora.inference.settings import InferenceSettings

AGORA, PERSONA_FIRST, HISTORY_FIRST = "agora", "persona-first", "history-first"
PYTHON_SERVER, SERVER = "llama-cpp-server", "llama-server"
ALL = (AGORA, PERSONA_FIRST, HISTORY_FIRST, PYTHON_SERVER, SERVER)
_NEEDS = {PYTHON_SERVER: server.find_missing, SERVER: llama_server.find_missing}


def find_missing(name: str) -> str:
    """Why a contender cannot run here; empty when it can."""
    return _NEEDS[name]() if name in _NEEDS else ""


def build_contender(name: str, model: Path, plan: Plan) -> Contender:
    """A contender by its name, not yet opened. Raises ValueError for an unknown one."""
    if name == AGORA:
        return AgoraContender(model, plan)
    if name in (PERSONA_FIRST, HISTORY_FIRST):
        return PlainContender(model, plan, persona_first=name == PERSONA_FIRST)
    if name == PYTHON_SERVER:
        return server.LlamaCppServer(model, plan)
    if name == SERVER:
        return llama_server.LlamaServer(model, plan)
    raise ValueError(f"there is no contender named {name}")


def measure_own_memory() -> int:
    """The most memory this process had, in bytes; Linux counts in KiB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


class AgoraContender:
    """Agora's engine: all agents at once."""

    persona_first = False

    def __init__(self, model: Path, plan: Plan) -> None:
        self._plan = plan
        settings = InferenceSettings(context=plan.cells, threads=plan.threads, sequences=min(16, plan.agents + 1))
        self._engine = ThreadEngine(lambda: Loaded(LlamaBackend(model, settings)), settings, name=model.stem)
        self._asked = 0

    async def open(self) -> None:
        await self._engine.start()

    async def write(self, build: Callable[[], tuple[str, str]], *, agent: int, person: bool) -> Written:
        self._asked += 1
        request = GenerationRequest(
            prompt=tuple(Segment(part) for part in build()),
            private=1,
            max_tokens=self._plan.reply,
            seed=self._asked,
            priority=Priority.PERSON if person else Priority.AMBIENT,
            scope="room",
        )
        parts: list[str] = []
        first_at, receipt = 0.0, None
        async for delta in self._engine.generate(request):
            first_at = first_at or time.monotonic()
            parts.append(delta.text)
            receipt = delta.receipt or receipt
        return _build_written("".join(parts), first_at, receipt)

    async def close(self) -> None:
        await self._engine.stop()

    def measure_memory(self) -> int:
        return measure_own_memory()

    def measure_cpu(self) -> float:
        return time.process_time()


def _build_written(text: str, first_at: float, receipt: Receipt | None) -> Written:
    if receipt is None:
        raise RuntimeError("the engine ended a reply without its receipt")
    return Written(
        text=text,
        first_at=first_at,
        prompt_tokens=receipt.prompt_tokens,
        evaluated=receipt.tokens_evaluated,
        generated=receipt.tokens_generated,
    )


class PlainContender:
    """`llama_cpp.Llama` behind a lock. A person is the next in line, which is the best such a program can do."""

    def __init__(self, model: Path, plan: Plan, *, persona_first: bool) -> None:
        self.persona_first = persona_first
        self._path, self._plan = model, plan
        self._model: PlainModel | None = None
        self._line = Line()
        self._asked = 0

    async def open(self) -> None:
        plan = self._plan
        self._model = await asyncio.to_thread(PlainModel, self._path, context=plan.longest, threads=plan.threads)

    async def write(self, build: Callable[[], tuple[str, str]], *, agent: int, person: bool) -> Written:
        model = self._model
        if model is None:
            raise RuntimeError("the contender is not open")
        self._asked += 1
        seed = self._asked
        async with self._line.wait(first=person):
            prompt = "".join(build())
            running = asyncio.create_task(asyncio.to_thread(lambda: model.write(prompt, max_tokens=self._plan.reply, seed=seed)))
            try:
                reply = await asyncio.shield(running)
            except asyncio.CancelledError:
                await running  # the model must be idle before it is closed
                raise
        return Written(
            text=reply.text,
            first_at=reply.first_at,
            prompt_tokens=reply.prompt_tokens,
            evaluated=reply.evaluated,
            generated=reply.generated,
        )

    async def close(self) -> None:
        if self._model is not None:
            self._model.close()

    def measure_memory(self) -> int:
        return measure_own_memory()

    def measure_cpu(self) -> float:
        return time.process_time()


class Line:
    """A lock whose holders go first come first served, those marked first before all others."""

    def __init__(self) -> None:
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._busy = False
        self._count = 0

    def wait(self, *, first: bool) -> _Place:
        """To be entered with `async with`."""
        return _Place(self, first)

    async def take(self, first: bool) -> None:
        """Returns when it is this one's turn."""
        if not self._busy:
            self._busy = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heappush(self._waiting, (not first, self._count, turn))
        await turn

    def leave(self) -> None:
        """The next one's turn."""
        while self._waiting:
            turn = heappop(self._waiting)[2]
            if not turn.done():
                turn.set_result(None)
                return
        self._busy = False


class _Place:
    def __init__(self, line: Line, first: bool) -> None:
        self._line, self._first = line, first

    async def __aenter__(self) -> None:
        await self._line.take(self._first)

    async def __aexit__(self, *_: object) -> None:
        self._line.leave()
