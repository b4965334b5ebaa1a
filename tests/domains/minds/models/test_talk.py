"""Agents talk while their model's process is killed and while servers of models fail: chat goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

from agora.domains.minds.agents.runner import Runner
from agora.domains.minds.models import Host
from agora.inference.child import ChildEngine
from agora.inference.fake import FakeEngine
from agora.inference.tiny import write_tiny_model
from tests.domains.minds.agents.stage import FLAGS, Stage
from tests.inference.peers import events, http, offers, open_agora, open_odd_server
from tests.kit.server import open_kit

TALK: dict[str, Any] = {**FLAGS, "agents.max_tokens": 24, "agents.attempts": 10, "agents.retry_s": 0.2}


async def start(stage: Stage) -> None:
    await stage.found("Kofi")
    await wait(stage, lambda: stage.kit.app.get(Host).info().state == "ready")


async def wait(stage: Stage, holds: Any) -> None:
    """Like `stage.until`, for what no event tells; a process takes a while to start on a busy machine."""
    async with asyncio.timeout(90):
        while not holds():
            await asyncio.sleep(0.02)


async def answer(stage: Stage, text: str) -> str:
    """Say something to the agent and wait for its answer."""
    before = len(await stage.by_agents())
    await stage.say(text)
    async with asyncio.timeout(90):
        while len(await stage.by_agents()) == before:
            await asyncio.sleep(0.02)
    return (await stage.by_agents())[-1].content


async def test_a_killed_model_process_interrupts_nobody_for_long(tmp_path: Path) -> None:
    flags = {
        **TALK,
        "inference.engine": "llama",
        "inference.isolation": "process",
        "inference.context": 2048,
        "inference.threads": 1,
    }
    async with open_kit(tmp_path / "data", flags=flags) as kit:
        stage = Stage(kit, FakeEngine())
        await start(stage)
        assert await answer(stage, "hello Kofi")
        engine, _ = await kit.app.get(Host).find(None)
        assert isinstance(engine, ChildEngine)
        pid = engine.pid
        assert pid is not None
        await stage.say("hello Kofi, are you there?")
        await wait(stage, lambda: engine.info().active or len(kit.app.get(Runner).list_running()))
        os.kill(pid, signal.SIGKILL)
        before = len(await stage.by_agents())
        await stage.say("people still talk")  # while the process is away
        assert await answer(stage, "Kofi, what now?")
        assert engine.pid != pid
        assert engine.restarts == 1
        assert len(await stage.by_agents()) > before


async def test_an_agent_answers_with_a_model_of_another_server(tmp_path: Path) -> None:
    tiny = write_tiny_model(tmp_path / "tiny.gguf")
    async with open_agora(tmp_path / "peer", tiny) as (_, url):
        flags = {**TALK, "models.remotes": [url], "inference.model": "remote/tiny:latest"}
        async with open_kit(tmp_path / "data", flags=flags) as kit:
            stage = Stage(kit, FakeEngine())
            await start(stage)
            assert await answer(stage, "hello Kofi")
            await stage.quiet()
            (turn,) = await stage.turns("done")
            assert turn.sent_id is not None
            receipt = await kit.request("GET", f"/api/agora/messages/{turn.sent_id}/receipt", stage.owner)
            assert receipt.json["model"] == "remote/tiny:latest"
            assert receipt.json["model_hash"]


async def test_a_server_that_fails_is_replaced_and_a_turn_is_tried_again(tmp_path: Path) -> None:
    said = ["Good morning to you.", "The river is high today."]

    async def flaky(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append("flaky")
        writer.write(events("Good mor", done=False) if len(calls) == 1 else http(500, b"{}"))

    async def steady(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append("steady")
        writer.write(events(*said.pop(0).split(" ", 1)))

    calls: list[str] = []
    async with open_odd_server(offers(flaky)) as first, open_odd_server(offers(steady)) as second:
        flags = {**TALK, "models.remotes": [first, second], "inference.model": "remote/m"}
        async with open_kit(tmp_path / "data", flags=flags) as kit:
            stage = Stage(kit, FakeEngine())
            await start(stage)
            assert await answer(stage, "hello Kofi") == "Goodmorning to you."
            await stage.quiet()
            (turn,) = await stage.turns("done")
            assert turn.attempts == 2  # the first text broke off in the middle
            assert calls == ["flaky", "steady"]
