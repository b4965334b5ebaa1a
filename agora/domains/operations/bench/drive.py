"""Drives one contender: twenty agents who all want to speak, and now and then a person who waits for an answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

import msgspec

from agora.domains.operations.bench.room import Plan, Room


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """One reply of a contender. `first_at` is the monotonic clock's time of its first token."""

    text: str
    first_at: float
    prompt_tokens: int
    evaluated: int | None
    """Prompt tokens that were evaluated; None where the contender does not say."""
    generated: int


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """A measured turn. `first_s` from the wish to speak to the first token, waiting for others included."""

    person: bool
    first_s: float
    prompt_tokens: int
    evaluated: int | None
    generated: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One contender's measurement. `peak_bytes` is the most memory its process had, the model's file included."""

    name: str
    turns: tuple[Turn, ...] = ()
    wall_s: float = 0.0
    cpu_s: float = 0.0
    """Processor time of the engine's process: on a machine that others use too it says more than the wall."""
    peak_bytes: int = 0
    late_ms: tuple[float, ...] = ()
    """How much later than asked the event loop came, every time; only where the engine shares a process with it."""
    missing: str = ""
    """Why it was not measured."""


class Contender(Protocol):
    """An engine in the benchmark."""

    persona_first: bool

    async def open(self) -> None:
        """Loads the model."""

    async def write(self, build: Callable[[], tuple[str, str]], *, agent: int, person: bool) -> Written:
        """Writes a reply to the prompt that `build` gives at the last moment at which the engine can still take it: what all
        agents read, and what only this one does."""

    async def close(self) -> None:
        """Frees the model."""

    def measure_memory(self) -> int:
        """The most memory the engine's process had so far, in bytes."""

    def measure_cpu(self) -> float:
        """The processor time of the engine's process so far, in seconds."""


class Drive:
    """One run. The first turn, in which everybody has to read the whole history, is made before the clock starts."""

    def __init__(self, contender: Contender, plan: Plan) -> None:
        self._contender, self._plan = contender, plan
        self._room = Room(plan)
        self._turns: list[Turn] = []
        self._begun = self._ended = 0
        self._persons: list[asyncio.Task[None]] = []
        self._deadline = 0.0

    async def run(self, name: str) -> Outcome:
        """Measures and closes the contender."""
        contender, plan = self._contender, self._plan
        await contender.open()
        try:
            await self._speak(plan.agents - 1, person=False)
            self._turns.clear()
            late: list[float] = []
            watch = asyncio.create_task(_watch_loop(late))
            started, cpu = time.monotonic(), contender.measure_cpu()
            self._deadline = started + plan.limit_s
            agents = [asyncio.create_task(self._take_part(agent)) for agent in range(plan.agents)]
            await self._await_end(agents)
            wall, cpu = time.monotonic() - started, contender.measure_cpu() - cpu
            watch.cancel()
            peak = contender.measure_memory()
        finally:
            await contender.close()
        return Outcome(name=name, turns=tuple(self._turns), wall_s=wall, cpu_s=cpu, peak_bytes=peak, late_ms=tuple(late))

    async def _await_end(self, agents: list[asyncio.Task[None]]) -> None:
        """Until all turns are made. At the limit those still waiting in line are dropped."""
        _, behind = await asyncio.wait(agents, timeout=self._plan.limit_s)
        behind |= {task for task in self._persons if not task.done()} if behind else set()
        for task in behind:
            task.cancel()
        results = await asyncio.gather(*agents, *self._persons, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
                raise result

    async def _take_part(self, agent: int) -> None:
        while self._begun < self._plan.turns:
            self._begun += 1
            await self._speak(agent, person=False)
            self._ended += 1
            # Counted at their end: at the beginning all agents start at once, and several people with them.
            if self._ended % self._plan.person_every == 0 and self._ended < self._plan.turns:
                self._persons.append(asyncio.create_task(self._ask((agent + 1) % self._plan.agents)))

    async def _ask(self, agent: int) -> None:
        """A person writes, and an agent answers."""
        self._room.say(-1, self._room.draw_line())
        await self._speak(agent, person=True)

    async def _speak(self, agent: int, *, person: bool) -> None:
        contender, room = self._contender, self._room
        wanted = time.monotonic()

        def build() -> tuple[str, str]:
            return room.build_parts(agent, persona_first=contender.persona_first)

        written = await contender.write(build, agent=agent, person=person)
        room.say(agent, written.text)
        self._turns.append(
            Turn(
                person=person,
                first_s=written.first_at - wanted,
                prompt_tokens=written.prompt_tokens,
                evaluated=written.evaluated,
                generated=written.generated,
            )
        )


async def _watch_loop(late: list[float], step_s: float = 0.005) -> None:
    """Notes how late the loop wakes a sleeper."""
    while True:
        before = time.monotonic()
        await asyncio.sleep(step_s)
        late.append((time.monotonic() - before - step_s) * 1000)
