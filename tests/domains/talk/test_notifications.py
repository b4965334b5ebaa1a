"""Read marks."""

from __future__ import annotations

from agora.domains.talk.notifications import ChannelRead
from agora.domains.talk.notifications.service import read_state
from agora.kernel.events import Reach
from tests.domains.talk.conftest import Room
from tests.kit.server import Person


async def test_marks_are_kept_and_told_to_ones_own_devices(room: Room) -> None:
    kit = room.kit
    first, second = await room.say("one"), await room.say("two")
    await kit.scenario("POST", f"{room.path}/{second['id']}/ack", room.ben, json={"token": None}, events=["ChannelRead"])
    await kit.scenario("POST", f"{room.path}/{second['id']}/ack", room.ben, json={}, events=[])
    marks = [{"id": str(room.channel), "last_message_id": second["id"], "mention_count": 0}]
    assert await read_state(kit.ctx(room.ben)) == marks
    assert await read_state(kit.ctx(room.ada)) == []
    kit.take_recorded()
    await kit.request("POST", f"{room.path}/{first['id']}/ack", room.ben, json={"manual": True})
    (recorded,) = kit.take_recorded()
    assert isinstance(recorded.event, ChannelRead)
    assert recorded.audience.reach == Reach.USERS
    assert recorded.audience.users == (room.ben.id,)
    await kit.scenario("POST", f"{room.path}/{first['id']}/ack", room.eve, json={}, status=404, has=['"code":10003'])


async def counts(room: Room, person: Person) -> dict[str, int]:
    """Calls by channel, as READY tells them."""
    return {each["id"]: each["mention_count"] for each in await read_state(room.kit.ctx(person))}


async def inbox(room: Room, person: Person, query: str = "") -> list[str]:
    """The contents of the messages that called somebody, newest first."""
    answer = await room.kit.request("GET", f"/api/v10/users/@me/mentions{query}", person)
    assert answer.status == 200, answer.text
    return [each["content"] for each in answer.json]


async def test_calls_are_counted_until_they_are_read(room: Room) -> None:
    me = f"<@{room.ben.id}>"
    first = await room.say(f"{me} one")
    await room.say("nobody")
    await room.say("@everyone two")
    await room.say(f"{me} to myself", room.ben)
    reply = await room.say("three", message_reference={"message_id": (await room.say("by ben", room.ben))["id"]})
    key = str(room.channel)
    assert await counts(room, room.ben) == {key: 3}
    assert await counts(room, room.eve) == {}
    await room.kit.request("POST", f"{room.path}/{first['id']}/ack", room.ben, json={})
    assert await counts(room, room.ben) == {key: 2}
    await room.kit.request("DELETE", f"{room.path}/{reply['id']}", room.ada)
    assert await counts(room, room.ben) == {key: 1}
    assert await inbox(room, room.ben) == ["@everyone two", f"{me} one"]
    assert await inbox(room, room.ben, f"?limit=1&before={reply['id']}") == ["@everyone two"]
    path = f"/api/v10/users/@me/mentions/{first['id']}"
    await room.kit.scenario("DELETE", path, room.ben, status=204)
    assert await inbox(room, room.ben) == ["@everyone two"]


async def test_the_inbox_shows_only_what_one_may_still_read(room: Room) -> None:
    await room.say(f"<@{room.ben.id}> secret")
    assert await inbox(room, room.ben) == [f"<@{room.ben.id}> secret"]
    path = f"/api/v10/channels/{room.channel}/permissions/{room.ben.id}"
    await room.kit.request("PUT", path, room.ada, json={"type": 1, "allow": "0", "deny": "1024"})
    assert await inbox(room, room.ben) == []


async def test_direct_messages_count(room: Room) -> None:
    answer = await room.kit.request("POST", "/api/v10/users/@me/channels", room.ada, json={"recipient_id": str(room.ben.id)})
    direct = answer.json["id"]
    for _ in range(2):
        await room.kit.request("POST", f"/api/v10/channels/{direct}/messages", room.ada, json={"content": "psst"})
    assert await counts(room, room.ben) == {direct: 2}
    assert await counts(room, room.ada) == {}


async def test_wishes_decide_what_calls(room: Room) -> None:
    path = f"/api/v10/users/@me/guilds/{room.guild}/settings"
    body = {"suppress_everyone": True, "channel_overrides": {str(room.channel): {"message_notifications": 1, "muted": True}}}
    answer = await room.kit.scenario("PATCH", path, room.ben, json=body, events=["WishesChanged"])
    assert answer.json["channel_overrides"] == [
        {"channel_id": str(room.channel), "message_notifications": 1, "muted": True, "mute_config": None}
    ]
    await room.say("@everyone hear")
    assert await counts(room, room.ben) == {}
    await room.say(f"<@{room.ben.id}> you")
    assert await counts(room, room.ben) == {str(room.channel): 1}
    end = {"end_time": "2030-01-01T00:00:00+00:00"}
    quiet = {"channel_overrides": {str(room.channel): {"message_notifications": 2, "muted": True, "mute_config": end}}}
    answer = await room.kit.scenario("PATCH", path, room.ben, json=quiet, events=["WishesChanged"])
    assert answer.json["channel_overrides"][0]["mute_config"]["end_time"].startswith("2030-01-01T00:00:00")
    await room.say(f"<@{room.ben.id}> not now")
    assert await counts(room, room.ben) == {str(room.channel): 1}
    await room.kit.scenario("PATCH", path, room.eve, json={"muted": True}, status=404)
    await room.kit.scenario("PATCH", path, room.ben, json={"message_notifications": 3}, status=400)
    direct = "/api/v10/users/@me/guilds/@me/settings"
    await room.kit.scenario("PATCH", direct, room.ben, json={"muted": True}, events=["WishesChanged"], has=['"guild_id":null'])


async def test_keywords_call_without_a_mention(room: Room) -> None:
    path = "/api/agora/notifications"
    body = {"keywords": ["zeppelin", "c++"], "quiet": {"start": "22:00", "end": "07:00"}}
    await room.kit.scenario("PUT", path, room.ben, json=body)
    await room.kit.scenario("PUT", path, room.ben, json={"keywords": ["x"]}, status=400)
    await room.kit.scenario("PUT", path, room.ben, json={"quiet": {"start": "25:00", "end": "07:00"}}, status=400)
    await room.kit.scenario("GET", path, room.ben, has=["zeppelin", "22:00"])
    for text in ("a Zeppelin!", "zeppelins", "I like C++.", "nothing"):
        await room.say(text)
    await room.say("my own zeppelin", room.ben)
    await room.kit.settle()
    assert await inbox(room, room.ben) == ["I like C++.", "a Zeppelin!"]
    assert await counts(room, room.ben) == {}, "a keyword is no mention"
    assert await inbox(room, room.ada) == []
