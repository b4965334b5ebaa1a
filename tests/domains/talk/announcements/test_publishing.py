"""Publishing: who may, what comes to those who follow, and what becomes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agora.domains.place import guilds
from agora.domains.talk.announcements import spread
from agora.domains.talk.messages import Draft, send
from tests.domains.talk.announcements.scene import API, Scene, build_scene
from tests.domains.talk.files.samples import BOUNDARY, png, upload
from tests.domains.talk.shapes import check_shape
from tests.kit.server import Answer, open_kit

SENT = ["MessageEdited", "MessagePublished"]


def one(scene: Scene, message: Any) -> str:
    """A message in the announcement channel."""
    return f"{API}/channels/{scene.news}/messages/{message['id']}"


async def test_a_copy_comes_to_who_follows(scene: Scene) -> None:
    kit, hook = scene.kit, await scene.follow()
    embed = {"title": "T", "fields": [{"name": "a", "value": "b"}]}
    message = await scene.say(f"**hear** <@{scene.cy.id}> @everyone", embeds=[embed])
    answer = await scene.act("POST", scene.crosspost(message), [*SENT, "MessageSent"])
    check_shape("MessageResponse", answer.json)
    assert answer.json["flags"] == 1
    copies = await scene.read()
    assert len(copies) == 1
    copy = copies[0]
    check_shape("MessageResponse", copy)
    assert (copy["flags"], copy["webhook_id"], copy["author"]["username"], copy["type"]) == (2, hook, "Source #news", 0)
    assert copy["message_reference"] == {
        "type": 0,
        "message_id": message["id"],
        "channel_id": str(scene.news),
        "guild_id": str(scene.guild),
    }
    assert "referenced_message" not in copy
    assert copy["content"] == message["content"] and copy["embeds"] == message["embeds"]
    assert (copy["mentions"], copy["mention_everyone"]) == ([], False)
    assert "<strong>hear</strong>" in copy["content_html"]
    # twice is an error, and nothing comes twice
    await kit.scenario("POST", scene.crosspost(message), scene.ada, status=400, has=['"code":40033'], events=[])
    await kit.settle()
    assert len(await scene.read()) == 1


async def test_only_what_is_published_comes(scene: Scene) -> None:
    before = await scene.published("before anybody followed")
    await scene.follow()
    await scene.say("not published")
    await scene.kit.request("PATCH", one(scene, before), scene.ada, json={"content": "edited"})
    await scene.kit.settle()
    assert await scene.read() == []


async def test_who_may_publish(scene: Scene) -> None:
    kit = scene.kit
    own, others = await scene.say("own", scene.ben), await scene.say("others")
    await kit.scenario("POST", scene.crosspost(others), scene.ben, status=403, has=['"code":50013'], events=[])
    await kit.scenario("POST", scene.crosspost(own), scene.ben, has=['"flags":1'], events=SENT)
    third = await scene.say("third", scene.ben)
    await kit.scenario("POST", scene.crosspost(third), scene.ada, events=SENT)
    missing = {"id": "1"}
    await kit.scenario("POST", scene.crosspost(missing), scene.ada, status=404, has=['"code":10008'], events=[])
    await kit.scenario("POST", scene.crosspost(missing), scene.ben, status=403, has=['"code":50013'], events=[])
    silent = {"deny": str(1 << 11), "type": 0}
    await kit.request("PUT", f"{API}/channels/{scene.news}/permissions/{scene.guild}", scene.ada, json=silent)
    fourth = {"id": own["id"]}
    await kit.scenario("POST", scene.crosspost(fourth), scene.ben, status=403, has=['"code":50013'], events=[])
    dora = await kit.person("dora")
    await kit.scenario("POST", scene.crosspost(own), dora, status=404, has=['"code":10003'], events=[])


async def test_what_cannot_be_published(scene: Scene) -> None:
    kit, text = scene.kit, await scene.kit.channel(scene.ada, scene.guild, "text")
    said = (await kit.request("POST", f"{API}/channels/{text}/messages", scene.ada, json={"content": "x"})).json
    path = f"{API}/channels/{text}/messages/{said['id']}/crosspost"
    await kit.scenario("POST", path, scene.ada, status=400, has=['"code":50024'], events=[])
    first = await scene.say("first")
    reply = await scene.say("reply", message_reference={"message_id": first["id"]})
    forward = await scene.say("", message_reference={"type": 1, "message_id": first["id"], "channel_id": str(scene.news)})
    poll = await scene.say("", poll={"question": {"text": "?"}, "answers": [{"poll_media": {"text": "a"}}]})
    for message in (reply, forward, poll):
        await kit.scenario("POST", scene.crosspost(message), scene.ada, status=400, has=['"code":50068'], events=[])
    # a copy goes no further, wherever it comes to
    second = await kit.channel(scene.ada, scene.guild, "second", type=5)
    await scene.follow(second, scene.ada)
    await scene.publish(first)
    copy = (await scene.read(second, scene.ada))[0]
    path = f"{API}/channels/{second}/messages/{copy['id']}/crosspost"
    await kit.scenario("POST", path, scene.ada, status=400, has=['"code":50068'], events=[])


async def test_edits_come_to_the_copies(scene: Scene) -> None:
    kit = scene.kit
    await scene.follow()
    message = await scene.published("first", embeds=[{"title": "T"}])
    body = {"content": f"second <@{scene.cy.id}>", "embeds": [{"title": "U"}]}
    await scene.act("PATCH", one(scene, message), ["MessageEdited", "PublicationEdited", "MessageEdited"], json=body)
    copy = (await scene.read())[0]
    assert (copy["content"], copy["embeds"][0]["title"], copy["flags"], copy["mentions"]) == (body["content"], "U", 2, [])
    assert copy["edited_timestamp"] is not None
    await kit.request("PATCH", one(scene, message), scene.ada, json={"flags": 4})
    await kit.settle()
    copy = (await scene.read())[0]
    assert (copy["flags"], copy["embeds"]) == (6, [])
    # nobody in between can make a copy say something else
    await kit.scenario("PATCH", f"{API}/channels/{scene.target}/messages/{copy['id']}", scene.cy, json={"content": "x"}, status=403)


async def test_an_edit_of_what_is_not_published_tells_nobody(scene: Scene) -> None:
    message = await scene.say("first")
    await scene.kit.scenario("PATCH", one(scene, message), scene.ada, json={"content": "x"}, events=["MessageEdited"])


@pytest.mark.parametrize("bulk", [False, True])
async def test_a_deleted_source_takes_its_words_back(scene: Scene, bulk: bool) -> None:
    await scene.follow()
    message, other = await scene.published("secret", embeds=[{"title": "T"}]), await scene.say("other")
    if bulk:
        path, body = f"{API}/channels/{scene.news}/messages/bulk-delete", {"messages": [message["id"], other["id"]]}
        await scene.act("POST", path, ["PublicationDeleted", "MessagesBulkDeleted", "MessageEdited"], json=body, status=204)
    else:
        await scene.act("DELETE", one(scene, message), ["PublicationDeleted", "MessageDeleted", "MessageEdited"], status=204)
    copy = (await scene.read())[0]
    check_shape("MessageResponse", copy)
    assert (copy["content"], copy["flags"], copy["embeds"]) == ("[Original Message Deleted]", 2 | 8, [])


async def test_a_deleted_copy_stays_deleted(scene: Scene) -> None:
    kit = scene.kit
    await scene.follow()
    message = await scene.published("first")
    copy = f"{API}/channels/{scene.target}/messages/{(await scene.read())[0]['id']}"
    await kit.scenario("DELETE", copy, scene.cy, status=204, events=["MessageDeleted"])
    path, edited = one(scene, message), ["MessageEdited", "PublicationEdited"]
    await kit.scenario("PATCH", path, scene.ada, json={"content": "x"}, events=edited)
    await kit.scenario("DELETE", path, scene.ada, status=204, events=["MessageDeleted"])
    await kit.settle()
    assert kit.take_events() == [] and await scene.read() == []


async def test_files_come_along(scene: Scene) -> None:
    kit = scene.kit
    await scene.follow()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    body = upload({"content": "see", "embeds": [{"title": "T", "image": {"url": "attachment://a.png"}}]}, ("a.png", png()))
    said = await kit.request("POST", f"{API}/channels/{scene.news}/messages", scene.ada, data=body, headers=headers)
    await scene.publish(said.json)
    copy = (await scene.read())[0]
    file = copy["attachments"][0]
    assert file["id"] != said.json["attachments"][0]["id"] and copy["embeds"][0]["image"]["url"] == file["url"]
    fetched = await kit.request("GET", file["url"].removeprefix(kit.url))
    assert fetched.body == png()
    await kit.request("PATCH", one(scene, said.json), scene.ada, json={"content": "look"})
    await kit.settle()
    copy = (await scene.read())[0]
    assert (copy["content"], copy["attachments"][0]["id"]) == ("look", file["id"])
    await kit.request("PATCH", one(scene, said.json), scene.ada, json={"attachments": [], "embeds": []})
    await kit.settle()
    copy = (await scene.read())[0]
    assert (copy["content"], copy["attachments"]) == ("look", [])


async def test_buttons_stay_where_somebody_answers(scene: Scene) -> None:
    body: Any = {"name": "helper", "guild_id": str(scene.guild)}
    bot = await scene.kit.request("POST", "/api/agora/bots", scene.ada, json=body)
    link = {"type": 2, "style": 5, "label": "L", "url": "https://a.example"}
    press = {"type": 2, "style": 1, "label": "P", "custom_id": "p"}
    rows = [{"type": 1, "components": [link, press]}, {"type": 1, "components": [{**press, "custom_id": "q"}]}]
    section = {"type": 9, "components": [{"type": 10, "content": "beside"}], "accessory": press}
    parts = [{"type": 10, "content": "**words**"}, {"type": 17, "components": [section, {"type": 14}]}]
    headers = {"Authorization": f"Bot {bot.json['token']}"}
    await scene.follow()
    for body in ({"content": "x", "components": rows}, {"flags": 1 << 15, "components": parts}):
        said = await scene.kit.request("POST", f"{API}/channels/{scene.news}/messages", json=body, headers=headers)
        assert said.status == 200, said.text
        assert (await scene.publish(said.json)).status == 200
    row, layout = await scene.read()
    assert [[each["label"] for each in part["components"]] for part in row["components"]] == [["L"]]
    assert [part["type"] for part in layout["components"]] == [10, 17]
    assert [part["type"] for part in layout["components"][1]["components"]] == [10, 14]
    # only something to press: nothing would be left
    bare = await scene.kit.request(
        "POST", f"{API}/channels/{scene.news}/messages", json={"components": [{"type": 1, "components": [press]}]}, headers=headers
    )
    await scene.kit.scenario("POST", scene.crosspost(bare.json), scene.ada, status=400, has=["50068"], events=[])


async def test_many_follow(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than one batch, a community that refuses among them."""
    monkeypatch.setattr(spread, "BATCH", 3)
    kit = scene.kit
    channels = [await kit.channel(scene.cy, scene.away, f"c{number}") for number in range(7)]
    for channel in channels:
        await scene.follow(channel)
    dora = await kit.person("dora")
    strict = await kit.guild(dora, name="Strict")
    await guilds.add_member(kit.ctx(), scene.guild, dora.id)
    refusing = await kit.channel(dora, strict)
    rule = {
        "name": "no",
        "event_type": 1,
        "trigger_type": 1,
        "trigger_metadata": {"keyword_filter": ["blocked"]},
        "actions": [{"type": 1, "metadata": {}}],
        "enabled": True,
    }
    assert (await kit.request("POST", f"{API}/guilds/{strict}/auto-moderation/rules", dora, json=rule)).status < 300
    await scene.follow(refusing, dora)
    message = await scene.published("first")
    for channel in channels:
        assert [each["content"] for each in await scene.read(channel)] == ["first"]
    assert [each["content"] for each in await scene.read(refusing, dora)] == ["first"]
    await kit.request("PATCH", one(scene, message), scene.ada, json={"content": "blocked"})
    await scene.published("blocked too")
    for channel in channels:
        assert [each["content"] for each in await scene.read(channel)] == ["blocked", "blocked too"]
    assert [each["content"] for each in await scene.read(refusing, dora)] == ["first"]
    await kit.request("DELETE", one(scene, message), scene.ada)
    await kit.settle()
    for channel in (*channels, refusing):
        person = dora if channel == refusing else scene.cy
        assert (await scene.read(channel, person))[0]["flags"] == 10


async def test_ten_an_hour_leave_a_channel(tmp_path: Path) -> None:
    """With the limits that servers have outside of tests; another channel has an hour of its own."""
    async with open_kit(tmp_path, flags={"security.rate_limits": True}) as kit:
        scene = await build_scene(kit)
        other = await kit.channel(scene.ada, scene.guild, "other", type=5)

        async def publish(channel: int) -> Answer:
            sent = await send(kit.ctx(scene.ada), channel, Draft(content="hear"))
            return await kit.request("POST", f"{API}/channels/{channel}/messages/{sent.id}/crosspost", scene.ada)

        assert [(await publish(scene.news)).status for _ in range(11)] == [200] * 10 + [429]
        last = await publish(other)
        assert (last.status, last.headers["X-RateLimit-Limit"], last.headers["X-RateLimit-Remaining"]) == (200, "10", "9")
