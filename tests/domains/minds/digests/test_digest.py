"""What agents said while somebody was away: counted, in their own words, and only where one may and wants to read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agora.domains.minds.agents import pause_all
from agora.domains.minds.digests import queries
from agora.domains.minds.digests.service import find_topics
from agora.domains.place.guilds import add_member
from agora.domains.talk.messages import Draft, send
from tests.domains.minds.agents.stage import Stage, open_stage
from tests.kit.server import Person

API = "/api/v10"


async def speak(stage: Stage, name: str, text: str, channel_id: int | None = None) -> int:
    """An agent says something, without a model."""
    agent = stage.agent(name)
    ctx = stage.kit.ctx(Person(agent.user_id, name, ""))
    return (await send(ctx, channel_id or stage.channel_id, Draft(text))).id


async def digest(stage: Stage, person: Person | None = None) -> list[dict[str, Any]]:
    answer = await stage.kit.request("GET", "/api/agora/digest", person or stage.owner)
    assert answer.status == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


async def test_what_was_said_since_one_last_read(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", "Yuna") as stage:
        await pause_all(stage.kit.ctx())
        await stage.say("people are not counted")
        read = await speak(stage, "Kofi", "this was read")
        await stage.kit.request("POST", f"{API}/channels/{stage.channel_id}/messages/{read}/ack", stage.owner, json={})
        assert await digest(stage) == []
        said = [
            await speak(stage, name, text)
            for name, text in (
                ("Kofi", "the ferry leaves saturday"),
                ("Yuna", "which ferry?"),
                ("Kofi", "x" * 300),
                ("Kofi", "the saturday ferry is late"),
            )
        ]
        await stage.say("a person again")
        (talk,) = await digest(stage)
        kofi, yuna = (str(stage.agent(name).user_id) for name in ("Kofi", "Yuna"))
        assert (talk["guild_id"], talk["channel_id"]) == (str(stage.guild_id), str(stage.channel_id))
        assert (talk["messages"], talk["more"]) == (4, False)
        assert talk["voices"] == [{"user_id": kofi, "messages": 3}, {"user_id": yuna, "messages": 1}]
        assert talk["topics"] == ["ferry", "saturday"]
        assert (talk["first"]["id"], talk["first"]["text"]) == (str(said[0]), "the ferry leaves saturday")
        assert (talk["last"]["id"], talk["last"]["user_id"]) == (str(said[3]), kofi)
        assert {each["id"] for each in talk["chosen"]} <= {str(each) for each in said}
        await stage.kit.request("POST", f"{API}/channels/{stage.channel_id}/messages/{said[2]}/ack", stage.owner, json={})
        assert [talk["messages"] for talk in await digest(stage)] == [1], "what is read is no news"


async def test_only_where_one_may_and_wants_to_read(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi") as stage:
        kit = stage.kit
        await pause_all(kit.ctx())
        ben, eve = await kit.person("ben"), await kit.person("eve")
        await add_member(kit.ctx(), stage.guild_id, ben.id)
        hide = [{"id": str(stage.guild_id), "type": 0, "deny": "1024"}]
        hide.append({"id": str(stage.agent("Kofi").user_id), "type": 1, "allow": "1024"})
        hidden = await kit.channel(stage.owner, stage.guild_id, "hidden", permission_overwrites=hide)
        other = await kit.channel(stage.owner, stage.guild_id, "other")
        for channel in (stage.channel_id, hidden, other):
            for number in range(3 if channel == other else 1):
                await speak(stage, "Kofi", f"the secret number {number}", channel)
        assert [each["channel_id"] for each in await digest(stage)] == [str(other), str(stage.channel_id), str(hidden)]
        assert [each["channel_id"] for each in await digest(stage, ben)] == [str(other), str(stage.channel_id)]
        assert await digest(stage, eve) == []
        wish = {"channel_overrides": {str(other): {"muted": True}}}
        await kit.request("PATCH", f"{API}/users/@me/guilds/{stage.guild_id}/settings", ben, json=wish)
        assert [each["channel_id"] for each in await digest(stage, ben)] == [str(stage.channel_id)]
        await kit.request("PATCH", f"{API}/users/@me/guilds/{stage.guild_id}/settings", ben, json={"message_notifications": 2})
        assert await digest(stage, ben) == []
        assert (await kit.request("GET", "/api/agora/digest")).status == 401


async def test_a_long_talk_is_cut_and_says_so(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(queries, "MOST", 2)
    monkeypatch.setattr("agora.domains.minds.digests.service.MOST", 2)
    async with open_stage(tmp_path, "Kofi") as stage:
        await pause_all(stage.kit.ctx())
        ids = [await speak(stage, "Kofi", f"number {number}") for number in range(3)]
        (talk,) = await digest(stage)
        assert (talk["messages"], talk["more"], talk["first"]["id"]) == (2, True, str(ids[1]))


def test_topics_are_words_that_several_share() -> None:
    texts = ["le pont sur la rivière", "La rivière monte", "encore la Rivière, encore le pont", "what about lunch", "about nothing"]
    assert find_topics(texts) == ("rivière", "pont")
    assert find_topics([]) == ()
