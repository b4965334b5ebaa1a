"""The released discord.py against a live server: only its base addresses are changed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord import gateway as discord_gateway
from discord import http as discord_http

from tests.contract.story import Story
from tests.kit.server import Kit, Person

PATIENCE_S = 10.0


class Recorder(discord.Client):
    """A client that keeps every event it dispatches, so that a test can wait for one, past or to come."""

    def __init__(self, **options: Any) -> None:
        super().__init__(intents=discord.Intents.all(), **options)
        self.seen: list[tuple[str, tuple[Any, ...]]] = []
        self.problems: list[str] = []
        self._news = asyncio.Event()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        super().dispatch(event, *args, **kwargs)
        self.seen.append((event, args))
        self._news.set()

    async def wait_event(self, event: str, match: Callable[..., bool] = lambda *_: True) -> Any:
        """The arguments of the first such event (a single one alone)."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for name, args in self.seen:
                    if name == event and match(*args):
                        return args[0] if len(args) == 1 else args
                self._news.clear()
                await self._news.wait()

    def forget(self) -> None:
        """Wait only for what comes from now on."""
        self.seen.clear()


def redirect(monkeypatch: pytest.MonkeyPatch, kit: Kit) -> None:
    """The only thing that is changed about discord.py: where Discord is."""
    monkeypatch.setattr(discord_http.Route, "BASE", f"{kit.url}/api/v10")
    monkeypatch.setattr(discord.Asset, "BASE", kit.url)
    monkeypatch.setattr(
        discord_gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(kit.url.replace("http", "ws", 1) + "/gateway")
    )


def tracing(story: Story, problems: list[str]) -> aiohttp.TraceConfig:
    """Compare each REST answer the library gets with Discord's description; findings go to ``problems``."""
    trace = aiohttp.TraceConfig()

    async def ended(_: Any, __: Any, params: aiohttp.TraceRequestEndParams) -> None:
        if params.response.content_type == "application/json":
            body = await params.response.json()
        else:
            body = None
        try:
            story.check(params.method, params.url.raw_path, params.response.status, body)
        except AssertionError as error:
            problems.append(str(error))

    trace.on_request_end.append(ended)
    return trace


@contextlib.asynccontextmanager
async def connected(story: Story, person: Person) -> AsyncIterator[Recorder]:
    """A client that is ready."""
    problems: list[str] = []
    client = Recorder(http_trace=tracing(story, problems), guild_ready_timeout=0.2)
    running = asyncio.create_task(client.start(person.token))
    ready = asyncio.create_task(client.wait_event("ready"))
    done, _ = await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE_S)
    try:
        if running in done:
            await running
        assert ready in done, "discord.py did not become ready"
        yield client
    finally:
        await client.close()
        await asyncio.wait({running})
        ready.cancel()
    assert problems == [], "\n".join(problems)
