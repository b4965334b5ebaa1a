"""Webhooks: who manages them, who speaks through them, and what becomes of what they said."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.domains.talk.conftest import Room
from tests.domains.talk.files.samples import BOUNDARY, fetch, png, upload
from tests.domains.talk.shapes import check_shape
from tests.kit.server import Answer

AVATAR = "data:image/png;base64," + base64.b64encode(png(8, 8)).decode()
MANAGE = str(1 << 29)


async def make(room: Room, **fields: Any) -> dict[str, Any]:
    """A webhook in the room's channel."""
    path = f"/api/v10/channels/{room.channel}/webhooks"
    answer = await room.kit.request("POST", path, room.ada, json={"name": "Herald", **fields})
    assert answer.status == 200, answer.text
    hook: dict[str, Any] = answer.json
    return hook


def address(hook: dict[str, Any], tail: str = "") -> str:
    """Where its token is used."""
    return f"/api/v10/webhooks/{hook['id']}/{hook['token']}{tail}"


async def speak(room: Room, hook: dict[str, Any], tail: str = "?wait=true", **body: Any) -> Answer:
    """Speak through it, as a program without an account."""
    return await room.kit.request("POST", address(hook, tail), json=body)


async def test_making_listing_changing_and_ending(room: Room) -> None:
    kit, path = room.kit, f"/api/v10/channels/{room.channel}/webhooks"
    made = await kit.scenario("POST", path, room.ada, json={"name": "  The  Herald ", "avatar": AVATAR}, events=["WebhookCreated"])
    hook = made.json
    check_shape("GuildIncomingWebhookResponse", hook)
    assert (hook["name"], hook["user"]["username"], hook["channel_id"]) == ("The Herald", "ada", str(room.channel))
    assert hook["url"] == kit.url + address(hook) and len(hook["token"]) == 68
    for listing in (path, f"/api/v10/guilds/{room.guild}/webhooks"):
        assert (await kit.request("GET", listing, room.ada)).json == [hook]
    one = f"/api/v10/webhooks/{hook['id']}"
    assert (await kit.request("GET", one, room.ada)).json == hook
    by_token = (await kit.request("GET", address(hook))).json
    assert "user" not in by_token and by_token["token"] == hook["token"]
    changed = await kit.scenario("PATCH", one, room.ada, json={"name": "Crier", "avatar": None}, events=["WebhookUpdated"])
    assert (changed.json["name"], changed.json["avatar"]) == ("Crier", None)
    await kit.scenario("PATCH", one, room.ada, json={"name": "Crier"}, events=[])
    await kit.scenario("PATCH", address(hook), json={"name": "Bell"}, has=["Bell"], events=["WebhookUpdated"])
    other = await kit.channel(room.ada, room.guild, "other")
    moved = await kit.scenario("PATCH", one, room.ada, json={"channel_id": str(other)}, events=["WebhookUpdated"])
    assert moved.json["channel_id"] == str(other)
    await kit.scenario("DELETE", one, room.ada, status=204, events=["WebhookDeleted"])
    await kit.scenario("GET", one, room.ada, status=404, has=["10015"])
    await kit.scenario("POST", address(hook), json={"content": "x"}, status=404, has=["10015"])
    again = await make(room)
    await kit.scenario("DELETE", address(again), status=204, events=["WebhookDeleted"])
    await kit.settle()
    log = await kit.request("GET", f"/api/v10/guilds/{room.guild}/audit-logs", room.ada)
    acts = [entry["action_type"] for entry in log.json["audit_log_entries"] if 50 <= entry["action_type"] <= 52]
    assert sorted(acts) == [50, 50, 51, 51, 51, 52, 52]
    assert hook["token"] not in log.text and again["token"] not in log.text


async def test_who_may_not_manage(room: Room) -> None:
    hook, kit = await make(room), room.kit
    path, one = f"/api/v10/channels/{room.channel}/webhooks", f"/api/v10/webhooks/{hook['id']}"
    for method, where, body in (
        ("POST", path, {"name": "x"}),
        ("GET", path, None),
        ("GET", one, None),
        ("PATCH", one, {}),
        ("DELETE", one, None),
    ):
        await kit.scenario(method, where, room.ben, json=body, status=403, has=['"code":50013'], lacks=[hook["token"]])
    await kit.scenario("GET", one, room.eve, status=404, has=["10015"])
    await kit.scenario("GET", f"/api/v10/guilds/{room.guild}/webhooks", room.ben, status=403)
    elsewhere = await kit.guild(room.eve, name="Elsewhere")
    there = await kit.channel(room.eve, elsewhere)
    answer = await kit.request("PATCH", one, room.ada, json={"channel_id": str(there)})
    assert answer.status == 404
    category = await kit.request("POST", f"/api/v10/guilds/{room.guild}/channels", room.ada, json={"name": "c", "type": 4})
    await kit.scenario(
        "POST", f"/api/v10/channels/{category.json['id']}/webhooks", room.ada, json={"name": "x"}, status=400, has=["50024"]
    )


@pytest.mark.parametrize("body", [{"name": ""}, {"name": "   "}, {"name": "x" * 81}, {"name": "x", "avatar": "nothing"}, {}])
async def test_what_is_no_webhook(room: Room, body: Any) -> None:
    await room.kit.scenario("POST", f"/api/v10/channels/{room.channel}/webhooks", room.ada, json=body, status=400, has=["50035"])


async def test_fifteen_are_enough(room: Room) -> None:
    for _ in range(15):
        await make(room)
    path = f"/api/v10/channels/{room.channel}/webhooks"
    await room.kit.scenario("POST", path, room.ada, json={"name": "x"}, status=400, has=["30007"], events=[])


async def test_speaking(room: Room) -> None:
    kit, hook = room.kit, await make(room, avatar=AVATAR)
    await kit.scenario("POST", address(hook), json={"content": "quiet"}, status=204, events=["MessageSent"])
    told = await speak(
        room, hook, content=f"**loud** <@{room.ben.id}>", username=" Town  Crier ", avatar_url="https://elsewhere.example/a.png"
    )
    assert told.status == 200, told.text
    check_shape("MessageResponse", told.json)
    assert told.json["webhook_id"] == hook["id"]
    author = told.json["author"]
    assert (author["id"], author["username"], author["avatar"], author["bot"]) == (hook["id"], "Town Crier", hook["avatar"], True)
    assert told.json["mentions"][0]["id"] == str(room.ben.id)
    assert "<strong>loud</strong>" in told.json["content_html"]
    page = (await kit.request("GET", room.path, room.ben)).json
    assert [(each["author"]["username"], each["content"][:5]) for each in page] == [("Town Crier", "**lou"), ("Herald", "quiet")]
    # an answer shows who spoke; the picture is served like anybody's
    reply = await room.say("heard", room.ben, message_reference={"message_id": told.json["id"]})
    referenced: Any = reply["referenced_message"]
    assert referenced["author"]["username"] == "Town Crier" and referenced["webhook_id"] == hook["id"]
    picture = await kit.request("GET", f"/avatars/{hook['id']}/{hook['avatar']}.png")
    assert (picture.status, picture.body) == (200, png(8, 8))
    # who manages messages may delete it, nobody may change it
    path = f"{room.path}/{told.json['id']}"
    await kit.scenario("PATCH", path, room.ada, json={"content": "x"}, status=403, has=["50005"])
    await kit.scenario("DELETE", path, room.ada, status=204, events=["MessageDeleted"])


async def test_files_and_embeds(room: Room) -> None:
    hook = await make(room)
    body = upload({"content": "see", "embeds": [{"title": "T", "image": {"url": "attachment://a.png"}}]}, ("a.png", png()))
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = await room.kit.request("POST", address(hook, "?wait=true"), data=body, headers=headers)
    assert answer.status == 200, answer.text
    check_shape("MessageResponse", answer.json)
    file = answer.json["attachments"][0]
    assert answer.json["embeds"][0]["image"]["url"] == file["url"]
    assert (await fetch(room, file["url"])).body == png()


async def test_changing_and_taking_back(room: Room) -> None:
    kit, hook, other = room.kit, await make(room), await make(room)
    said = (await speak(room, hook, content="first", username="Crier")).json
    path = address(hook, f"/messages/{said['id']}")
    read = await kit.scenario("GET", path)
    assert read.json["content"] == "first" and read.json["author"]["username"] == "Crier"
    changed = await kit.scenario("PATCH", path, json={"content": "second"}, events=["MessageEdited"])
    check_shape("MessageResponse", changed.json)
    assert (changed.json["content"], changed.json["author"]["username"]) == ("second", "Crier")
    own = await room.say("mine")
    for wrong in (address(other, f"/messages/{said['id']}"), address(hook, f"/messages/{own['id']}"), address(hook, "/messages/7")):
        for method, body in (("GET", None), ("PATCH", {"content": "x"}), ("DELETE", None)):
            await kit.scenario(method, wrong, json=body, status=404, has=["10008"], events=[])
    await kit.scenario("DELETE", path, status=204, events=["MessageDeleted"])


async def test_threads(room: Room) -> None:
    kit, hook = room.kit, await make(room)
    thread = await kit.request("POST", f"/api/v10/channels/{room.channel}/threads", room.ada, json={"name": "t", "type": 11})
    assert thread.status == 201, thread.text
    said = await speak(room, hook, f"?wait=true&thread_id={thread.json['id']}", content="in here")
    assert said.status == 200, said.text
    assert said.json["channel_id"] == thread.json["id"]
    inside = address(hook, f"/messages/{said.json['id']}")
    await kit.scenario("GET", inside, status=404, has=["10008"])
    await kit.scenario("GET", f"{inside}?thread_id={thread.json['id']}", has=["in here"])
    other = await kit.channel(room.ada, room.guild, "other")
    for wrong, status in ((str(other), 404), ("7", 404), ("x", 400)):
        assert (await speak(room, hook, f"?thread_id={wrong}", content="x")).status == status
    forum = await kit.request("POST", f"/api/v10/guilds/{room.guild}/channels", room.ada, json={"name": "f", "type": 15})
    in_forum = await kit.request("POST", f"/api/v10/channels/{forum.json['id']}/webhooks", room.ada, json={"name": "x"})
    answer = await speak(room, in_forum.json, content="x")
    assert answer.status == 400 and answer.json["code"] == 220001


@pytest.mark.parametrize(
    ("body", "status", "part"),
    [
        ({}, 400, "50006"),
        ({"content": "x" * 2001}, 400, "50035"),
        ({"content": 5}, 400, "50035"),
        ({"content": "x", "username": "x" * 81}, 400, "username"),
        ({"content": "x", "username": " \n "}, 400, "username"),
        ({"content": "x", "thread_name": "new"}, 400, "thread_name"),
        ({"embeds": [{}]}, 400, "embeds"),
    ],
)
async def test_what_is_refused(room: Room, body: Any, status: int, part: str) -> None:
    hook = await make(room)
    room.kit.take_events()
    answer = await speak(room, hook, **body)
    assert answer.status == status and part in answer.text
    assert room.kit.take_events() == []


async def test_a_wrong_token_learns_nothing(room: Room) -> None:
    hook = await make(room)
    wrong = {**hook, "token": hook["token"][:-1] + ("A" if hook["token"][-1] != "A" else "B")}
    nobody = {"id": "7", "token": hook["token"]}
    answers = [await speak(room, each, content="x") for each in (wrong, nobody, {**hook, "token": "é"})]
    assert [(answer.status, answer.body) for answer in answers] == [(404, answers[0].body)] * 3
    assert answers[0].json["code"] == 10015


async def test_it_ends_with_its_channel(room: Room) -> None:
    hook = await make(room)
    await room.kit.request("DELETE", f"/api/v10/channels/{room.channel}", room.ada)
    assert (await speak(room, hook, content="x")).status == 404
    await room.kit.settle()
    assert (await room.kit.request("GET", f"/api/v10/guilds/{room.guild}/webhooks", room.ada)).json == []


async def test_a_hidden_channel_hides_its_webhooks(room: Room) -> None:
    """Who manages webhooks in the guild, but may not see a channel, does not see its webhooks either."""
    kit, hook = room.kit, await make(room)
    role = (
        await kit.request("POST", f"/api/v10/guilds/{room.guild}/roles", room.ada, json={"name": "r", "permissions": MANAGE})
    ).json["id"]
    await kit.request("PUT", f"/api/v10/guilds/{room.guild}/members/{room.ben.id}/roles/{role}", room.ada)
    listing = f"/api/v10/guilds/{room.guild}/webhooks"
    assert [each["id"] for each in (await kit.request("GET", listing, room.ben)).json] == [hook["id"]]
    hide = [{"id": str(room.guild), "type": 0, "allow": "0", "deny": str(1 << 10)}]
    await kit.request("PATCH", f"/api/v10/channels/{room.channel}", room.ada, json={"permission_overwrites": hide})
    assert (await kit.request("GET", listing, room.ben)).json == []
    await kit.scenario("GET", f"/api/v10/webhooks/{hook['id']}", room.ben, status=404, has=["10015"])


async def test_slack(room: Room) -> None:
    kit, hook = room.kit, await make(room)
    rich = {
        "text": "Build <https://ci.example/7|#7> *failed* &amp; `*kept*` <!here> ~old~",
        "username": "CI",
        "icon_emoji": ":robot_face:",
        "attachments": [
            {
                "color": "danger",
                "pretext": "Details:",
                "author_name": "ada",
                "title": "Log",
                "title_link": "https://ci.example/7/log",
                "text": "line *one*",
                "fields": [{"title": "Branch", "value": "main", "short": True}, {"title": "", "value": ""}],
                "footer": "ci",
                "ts": 1700000000,
            },
            {"fallback": "only words"},
            {"color": "#fff"},
        ],
    }
    answer = await kit.request("POST", address(hook, "/slack"), json=rich)
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, b"ok", "text/plain; charset=utf-8")
    message = (await kit.request("GET", room.path, room.ada)).json[0]
    check_shape("MessageResponse", message)
    assert message["author"]["username"] == "CI"
    assert message["content"] == "Build [#7](https://ci.example/7) **failed** & `*kept*` @here ~~old~~\nDetails:"
    first, second = message["embeds"]
    assert (first["title"], first["url"], first["description"], first["color"]) == (
        "Log",
        "https://ci.example/7/log",
        "line **one**",
        0xA30200,
    )
    assert [(field["name"], field["value"], field["inline"]) for field in first["fields"]] == [
        ("Branch", "main", True),
        ("\u200b", "\u200b", False),
    ]
    assert first["timestamp"].startswith("2023-11-14T22:13:20")
    assert second["description"] == "only words"


async def test_slack_forms_and_blocks(room: Room) -> None:
    kit, hook = room.kit, await make(room)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (
        await kit.request("POST", address(hook, "/slack"), data=b"payload=%7B%22text%22%3A%22from+curl%22%7D", headers=form)
    ).status == 200
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Release"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "It is *out*"}, "fields": [{"type": "mrkdwn", "text": "v2"}]},
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "by ada"}, {"type": "image", "image_url": "x"}]},
        {"type": "section", "text": 5},
    ]
    assert (await kit.request("POST", address(hook, "/slack"), json={"text": "fallback", "blocks": blocks})).status == 200
    assert (await kit.request("POST", address(hook, "/slack"), json={"text": "x" * 5000})).status == 200
    long, blocky, simple = [each["content"] for each in (await kit.request("GET", room.path, room.ada)).json]
    assert simple == "from curl"
    assert blocky == "**Release**\nIt is **out**\nv2\nby ada"
    assert len(long) == 2000 and long.endswith("…")
    for body in (b"", b"{", b'{"text":5}', b'{"attachments":[{"image_url":"javascript:x"}]}', b"payload=1"):
        answer = await kit.request("POST", address(hook, "/slack"), data=body)
        assert answer.status == 400, (body, answer.text)
    assert (await kit.request("POST", address(hook, "/slack"), data=b"nothing=1", headers=form)).status == 400
