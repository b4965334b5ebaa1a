"""A server with agents in one community, driven by the fake engine, with ways to wait for what happens."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec

from agora.domains.minds.agents import Agent, NewAgent, Roster, Turn, Voice, create_agent
from agora.domains.minds.agents.queries import list_turns
from agora.domains.minds.models import find_engine
from agora.domains.talk.messages import Row, list_recent
from agora.inference.fake import FakeEngine
from agora.kernel.bus import Whisper
from tests.kit.server import Kit, Person, open_kit

LIMIT_S = 20.0
FLAGS = {"agents.pace": "instant", "agents.openings": False, "agents.retry_s": 0.01, "agents.spare_s": 0.05}
NAMES = ("Kofi", "Maëlle", "Yuna", "Idris", "Soledad")


class Stage:
    """One running server with a person, a community, a channel and its agents."""

    def __init__(self, kit: Kit, engine: FakeEngine) -> None:
        self.kit = kit
        self.engine = engine
        self.whispers: list[tuple[str, Any]] = []
        self._stir = asyncio.Event()
        self.owner = Person(0, "", "")
        self.guild_id = self.channel_id = 0
        kit.app.bus.on_events(lambda _: self._stir.set())
        kit.app.bus.on_whisper(self._on_whisper)

    def _on_whisper(self, whisper: Whisper) -> None:
        self.whispers.append((whisper.name, msgspec.json.decode(whisper.body)))
        self._stir.set()

    async def found(self, *names: str) -> None:
        """The owner, a community, a channel, and agents of these names."""
        self.owner = await self.kit.person("alice", owner=True)
        self.guild_id = await self.kit.guild(self.owner)
        self.channel_id = await self.kit.channel(self.owner, self.guild_id, "general")
        for name in names:
            await self.add(name)

    async def add(self, name: str, **fields: Any) -> Agent:
        """One more agent in the community."""
        new = NewAgent(name=name, guild_id=self.guild_id, voice=Voice(("rivers",), "Be brief."), **fields)
        return await create_agent(self.kit.ctx(), new)

    def agent(self, name: str) -> Agent:
        """An agent by name."""
        return next(agent for agent in self.kit.app.get(Roster).all() if agent.name == name)

    async def say(self, text: str, person: Person | None = None, channel_id: int | None = None, **fields: Any) -> int:
        """A person's message over HTTP; returns its id."""
        path = f"/api/v10/channels/{channel_id or self.channel_id}/messages"
        answer = await self.kit.request("POST", path, person or self.owner, json={"content": text, **fields})
        assert answer.status == 200, answer.text
        return int(answer.json["id"])

    async def messages(self, channel_id: int | None = None) -> list[Row]:
        """All messages of a channel, oldest first."""
        return (await self.kit.app.db.read(list_recent, channel_id or self.channel_id, 500))[::-1]

    async def by_agents(self, channel_id: int | None = None) -> list[Row]:
        """Those that agents wrote."""
        users = {agent.user_id for agent in self.kit.app.get(Roster).all()}
        return [row for row in await self.messages(channel_id) if row.author_id in users]

    async def turns(self, state: str | None = None) -> list[Turn]:
        """Turns, newest first."""
        return await self.kit.app.db.read(list_turns, state=state, limit=500)

    async def until(self, holds: Callable[[], Any]) -> None:
        """Wait until something holds; looked at after every event and whisper."""
        async with asyncio.timeout(LIMIT_S):
            while True:
                self._stir.clear()
                found = holds()
                if await found if asyncio.iscoroutine(found) else found:
                    return
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.2):
                        await self._stir.wait()

    async def quiet(self) -> None:
        """Wait until all that was said has been heard and no turn is open."""

        async def is_quiet() -> bool:
            await self.kit.settle()
            turns = await self.turns()
            if any(turn.state in ("waiting", "running") for turn in turns):
                return False
            # the last of them may have ended since then, and what it said may not have been heard
            await self.kit.settle()
            return await self.turns() == turns

        await self.until(is_quiet)


@contextlib.asynccontextmanager
async def open_stage(folder: Path, *names: str, **flags: Any) -> AsyncIterator[Stage]:
    """A server on ``folder``; with names a new community is made, without it is a restart."""
    settings = FLAGS | {f"agents.{key}": value for key, value in flags.items()}
    async with open_kit(folder, flags=settings) as kit:
        engine, _ = await find_engine(kit.app)
        assert isinstance(engine, FakeEngine)
        stage = Stage(kit, engine)
        if names:
            await stage.found(*names)
        yield stage
