"""Pausing, failing and crashing."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from agora.domains.minds.agents.runner import Runner
from agora.inference.errors import GenerationFailed
from agora.inference.fake import FakeEngine
from tests.domains.minds.agents.stage import FLAGS, NAMES, Stage, open_stage
from tests.kit.server import open_kit


async def start_answer(stage: Stage) -> None:
    """Ask, and wait until the model holds the request without finishing it."""
    stage.engine.stall()
    await stage.say("hello Kofi")
    await stage.until(lambda: stage.engine.requests)


async def test_pausing_stops_a_running_generation_within_a_second(tmp_path: Path) -> None:
    async with open_stage(tmp_path, *NAMES, max_depth=1) as stage:
        await start_answer(stage)
        began = time.monotonic()
        answer = await stage.kit.request("POST", "/api/agora/override/pause", stage.owner, json={"reason": "enough"})
        assert time.monotonic() - began < 1.0
        assert (answer.json["paused"], answer.json["running"], answer.json["reason"]) == (True, 0, "enough")
        assert stage.engine.info().active == 0
        stage.engine.resume()
        await stage.say("is anybody there?")
        await stage.kit.settle()
        assert await stage.by_agents() == []
        (turn,) = await stage.turns()
        assert (turn.state, turn.attempts) == ("waiting", 0)
        await stage.kit.request("POST", "/api/agora/override/resume", stage.owner)
        await stage.quiet()
        assert len(await stage.by_agents()) == 1


async def test_the_override_outlives_a_restart(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        await stage.kit.request("POST", "/api/agora/override/pause", stage.owner)
        owner, channel_id = stage.owner, stage.channel_id
    async with open_stage(tmp_path, max_depth=1) as stage:
        stage.owner, stage.channel_id = owner, channel_id
        await stage.say("hello Kofi")
        await stage.kit.settle()
        assert (await stage.kit.request("GET", "/api/agora/override", owner)).json["paused"] is True
        assert await stage.by_agents() == []
        await stage.kit.request("POST", "/api/agora/override/resume", owner)
        await stage.quiet()
        assert len(await stage.by_agents()) == 1


async def test_pausing_one_agent_stops_it_alone(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", "Yuna", max_depth=1) as stage:
        await start_answer(stage)
        kofi = stage.agent("Kofi")
        answer = await stage.kit.request("POST", f"/api/agora/agents/{kofi.id}/pause", stage.owner)
        assert (answer.json["state"], answer.json["queue"]["running"]) == ("paused", 0)
        stage.engine.resume()
        await stage.say("hello Yuna")
        await stage.until(lambda: _wrote(stage, "Yuna"))
        assert not await _wrote(stage, "Kofi")
        await stage.kit.request("POST", f"/api/agora/agents/{kofi.id}/resume", stage.owner)
        await stage.until(lambda: _wrote(stage, "Kofi"))


async def _wrote(stage: Stage, name: str) -> bool:
    user_id = stage.agent(name).user_id
    return any(row.author_id == user_id for row in await stage.messages())


def leave_as_a_crash_would(folder: Path, *, noted: bool) -> None:
    """What a killed server leaves: the turn runs; ``noted`` false also forgets that its message was posted."""
    with sqlite3.connect(folder / "agora.db") as database:
        sent = "sent_id" if noted else "NULL"
        database.execute(f"UPDATE agents_turn SET state = 'running', finished_at = NULL, sent_id = {sent}")
    database.close()


async def test_a_crash_while_writing_leads_to_exactly_one_message(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        await start_answer(stage)
        channel_id = stage.channel_id
    leave_as_a_crash_would(tmp_path, noted=False)
    async with open_stage(tmp_path, max_depth=1) as stage:
        stage.channel_id = channel_id
        await stage.quiet()
        assert len(await stage.by_agents()) == 1


async def test_a_crash_after_posting_does_not_post_again(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        await stage.say("hello Kofi")
        await stage.quiet()
        owner, channel_id, before = stage.owner, stage.channel_id, await stage.by_agents()
    leave_as_a_crash_would(tmp_path, noted=False)
    async with open_stage(tmp_path, max_depth=1) as stage:
        stage.channel_id = channel_id
        await stage.quiet()
        assert [row.id for row in await stage.by_agents()] == [row.id for row in before]
        (turn,) = await stage.turns()
        assert (turn.state, turn.sent_id) == ("done", before[0].id)
        receipt = await stage.kit.request("GET", f"/api/agora/messages/{before[0].id}/receipt", owner)
        assert receipt.status == 200


async def test_a_failing_model_posts_nothing_and_wakes_nobody(tmp_path: Path) -> None:
    async with open_stage(tmp_path, *NAMES) as stage:
        stage.engine.answer_with(lambda request: GenerationFailed("out of memory"))
        await stage.say("hello Kofi")
        await stage.quiet()
        await stage.say("hello Yuna")
        await stage.until(lambda: stage.kit.app.get(Runner).breaker.is_open)
        assert await stage.by_agents() == []
        assert {turn.agent_id for turn in await stage.turns()} == {stage.agent("Kofi").id, stage.agent("Yuna").id}
        (failed,) = await stage.turns("failed")
        assert (failed.attempts, failed.outcome) == (4, "out of memory")
        shown = await stage.kit.request("GET", f"/api/agora/agents/{stage.agent('Kofi').id}", stage.owner)
        assert shown.json["last_error"] == "out of memory"
        await stage.say("people still talk")
        stage.engine.answer_with(None)
        await stage.quiet()
        assert await _wrote(stage, "Yuna")
        assert not stage.kit.app.get(Runner).breaker.is_open


async def test_a_model_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", timeout_s=1, attempts=1) as stage:
        await start_answer(stage)
        await stage.quiet()
        (turn,) = await stage.turns()
        assert (turn.state, turn.outcome) == ("failed", "the model took longer than 1 s")
        assert stage.engine.info().active == 0


async def test_a_late_answer_is_posted_once_when_the_model_comes_back(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        stage.engine.answer(GenerationFailed("busy"), "Here I am.")
        await stage.say("hello Kofi")
        await stage.quiet()
        assert [row.content for row in await stage.by_agents()] == ["Here I am."]


async def test_without_a_usable_model_people_talk_and_are_told_why_agents_do_not(tmp_path: Path) -> None:
    flags = {**FLAGS, "inference.engine": "llama", "inference.model": "not-there"}
    async with open_kit(tmp_path, flags=flags) as kit:
        stage = Stage(kit, FakeEngine())
        await stage.found("Kofi")

        async def is_known() -> bool:
            return "no model named not-there" in (
                (await kit.request("GET", "/api/agora/override", stage.owner)).json["silent"] or ""
            )

        await stage.until(is_known)
        await stage.say("good morning")
        await stage.say("hello Kofi")
        await kit.settle()
        (turn,) = await stage.turns()  # only who was called upon remembers it, for when a model comes
        assert (turn.state, turn.reason) == ("waiting", "name")
        ready = await kit.request("GET", "/readyz")
        agents = next(part for part in ready.json["components"] if part["name"] == "agents")
        assert (ready.status, agents["state"]) == (200, "degraded")
        assert "not-there" in agents["reason"]
        engine = (await kit.request("GET", "/api/agora/models", stage.owner)).json["engine"]
        assert engine["state"] == "failed"
