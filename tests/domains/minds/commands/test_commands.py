"""/agent, /ask and /summary with agents in the room."""

from __future__ import annotations

from pathlib import Path

from agora.domains.minds.agents import get_override, pause_all
from agora.domains.minds.digests import Said, choose, count_voices
from agora.domains.place.guilds import add_member
from tests.domains.minds.agents.stage import open_stage
from tests.kit.asker import asking


def test_a_digest_takes_what_the_others_talk_about() -> None:
    texts = [
        "ferry timetable for saturday",
        "saturday ferry leaves early",
        "look at this",
        "the ferry timetable changed",
        "lunch plans",
    ]
    lines = [Said(number, "ada" if number % 2 else "ben", text) for number, text in enumerate(texts)]
    chosen = [line.id for line in choose(lines, 2)]
    assert set(chosen) <= {0, 1, 3} and chosen == sorted(chosen)
    assert count_voices(lines) == [("ben", 3), ("ada", 2)]
    assert choose([], 3) == []


async def test_asking_an_agent_by_name(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", "Yuna", max_depth=1) as stage:
        stage.engine.answer("A river.")
        async with asking(stage.kit, stage.owner, stage.channel_id) as asker:
            assert [each["name"] for each in await asker.complete("ask", agent="yu")] == ["Yuna"]
            await asker.use("ask", agent="kofi", question="What do you see?")
            await asker.hears("Kofi has your question", private=True)
            kofi = stage.agent("Kofi").user_id
            asked = await asker.hears(f"<@{kofi}> What do you see?", private=False)
            assert asked["author"]["id"] == str(stage.owner.id)
            await stage.quiet()
            assert [(row.author_id, row.content) for row in await stage.by_agents()] == [(kofi, "A river.")]
            await asker.use("ask", agent="nobody", question="?")
            await asker.hears("There is no agent named nobody here", private=True)


async def test_pausing_agents(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", "Yuna") as stage:
        stranger = await stage.kit.person("stranger")
        await add_member(stage.kit.ctx(), stage.guild_id, stranger.id)
        async with (
            asking(stage.kit, stage.owner, stage.channel_id) as owner,
            asking(stage.kit, stranger, stage.channel_id) as other,
        ):
            await owner.use("agent", "pause", agent="Kofi")
            await owner.hears("Kofi is paused", private=True)
            await other.use("agent", "who")
            listed = (await other.hears("**Kofi**", private=True))["content"].splitlines()
            assert ["paused" in line for line in listed] == [True, False]
            await other.use("agent", "resume", agent="Kofi")
            await other.hears("Only who made this agent", private=True)
            await other.use("agent", "pause")
            await other.hears("Only the owner of this server", private=True)
            await owner.use("agent", "pause")
            await owner.hears("All agents are paused", private=True)
            assert (await get_override(stage.kit.ctx())).paused
            await owner.use("agent", "resume")
            await owner.hears("The agents go on", private=True)
            assert not (await get_override(stage.kit.ctx())).paused


async def test_a_summary_is_for_who_asks(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi") as stage:
        await pause_all(stage.kit.ctx())
        for text in ("ferry timetable for saturday", "the saturday ferry leaves early", "look at this"):
            await stage.say(text)
        async with asking(stage.kit, stage.owner, stage.channel_id) as asker:
            await asker.use("summary", messages=5)
            waiting = await asker.gateway.wait_for("MESSAGE_CREATE", lambda d: d["flags"] & 128)
            assert waiting["flags"] & 64
            told = await asker.hears("The last 3 messages:", private=True, event="MESSAGE_UPDATE")
            assert told["id"] == waiting["id"] and not told["flags"] & 128
            assert len(told["content"].splitlines()) >= 2
        assert [row.content for row in await stage.messages()][-1] == "look at this", "nothing of it is stored"
