"""Agents read and answer in threads as they do in channels."""

from __future__ import annotations

from pathlib import Path

from tests.domains.minds.agents.stage import open_stage


async def test_an_agent_answers_in_a_thread_with_the_words_said_there(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", "Yuna", max_depth=1) as stage:
        kofi = stage.agent("Kofi")
        path = f"/api/v10/channels/{stage.channel_id}/threads"
        made = await stage.kit.request("POST", path, stage.owner, json={"name": "Rivers", "type": 11})
        thread = int(made.json["id"])
        await stage.quiet()
        stage.engine.answer("I was born by a river.")
        await stage.say(f"<@{kofi.user_id}> where were you born?", channel_id=thread)
        await stage.quiet()
        assert [row.content for row in await stage.by_agents(thread)] == ["I was born by a river."]
        members = (await stage.kit.request("GET", f"/api/v10/channels/{thread}/thread-members", stage.owner)).json
        assert str(kofi.user_id) in {each["user_id"] for each in members}


async def test_an_agent_hears_nothing_of_a_private_thread_it_is_not_in(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        path = f"/api/v10/channels/{stage.channel_id}/threads"
        made = await stage.kit.request("POST", path, stage.owner, json={"name": "Quiet", "type": 12, "invitable": False})
        await stage.say("hello kofi, are you there?", channel_id=int(made.json["id"]))
        await stage.quiet()
        assert await stage.turns() == []
