"""Forwards: what is carried on, who may, and what stays when the first message changes or goes."""

from __future__ import annotations

from typing import Any

import pytest

from agora.domains.talk.messages import find_message, words_of
from agora.protocol.permissions import Permission
from tests.domains.talk.conftest import Room
from tests.domains.talk.files.samples import png, send_files
from tests.domains.talk.shapes import check_shape
from tests.kit.server import Answer, Person


async def other_channel(room: Room, **fields: Any) -> int:
    """A second channel of Ada's guild."""
    return await room.kit.channel(room.ada, room.guild, "elsewhere", **fields)


async def forward(room: Room, message: dict[str, Any], to: int, person: Person | None = None, **fields: Any) -> Answer:
    """Carry a message on."""
    reference = {"type": 1, "message_id": message["id"], "channel_id": message["channel_id"]}
    body = {"message_reference": reference, **fields}
    return await room.kit.request("POST", f"/api/v10/channels/{to}/messages", person or room.ben, json=body)


async def test_a_message_is_carried_on_as_it_was(room: Room) -> None:
    kit, to = room.kit, await other_channel(room)
    first = await room.say(f"**look** <@{room.ben.id}>", embeds=[{"title": "T"}])
    kit.take_events()
    answer = await forward(room, first, to)
    assert answer.status == 200, answer.text
    assert kit.take_events() == ["MessageSent"]
    check_shape("MessageResponse", answer.json)
    sent = answer.json
    assert (sent["content"], sent["type"], sent["embeds"], sent["mentions"]) == ("", 0, [], [])
    assert sent["flags"] & 1 << 14
    assert sent["message_reference"] == {
        "type": 1,
        "channel_id": str(room.channel),
        "message_id": first["id"],
        "guild_id": str(room.guild),
    }
    [snapshot] = sent["message_snapshots"]
    said = snapshot["message"]
    assert (said["content"], said["timestamp"]) == (first["content"], first["timestamp"])
    assert said["content_html"] == first["content_html"]
    assert [each["title"] for each in said["embeds"]] == ["T"]
    assert [user["id"] for user in said["mentions"]] == [str(room.ben.id)]
    assert "author" not in said
    # neither an edit nor the end of the first one changes it, and it reads back as it was sent
    await kit.request("PATCH", f"{room.path}/{first['id']}", room.ada, json={"content": "something else"})
    await kit.request("DELETE", f"{room.path}/{first['id']}", room.ada)
    again = (await kit.request("GET", f"/api/v10/channels/{to}/messages/{sent['id']}", room.ada)).json
    check_shape("MessageResponse", again)
    assert again["message_snapshots"] == sent["message_snapshots"]


async def test_files_are_carried_on_and_stay(room: Room) -> None:
    """Stored once, but belonging to the forward: they outlive the first message."""
    to = await other_channel(room)
    first = await send_files(room, ("a.png", png()), ("notes.txt", b"the zeppelin notes"), content="")
    sent = (await forward(room, first, to)).json
    assert sent["attachments"] == []
    files = sent["message_snapshots"][0]["message"]["attachments"]
    assert [file["filename"] for file in files] == ["a.png", "notes.txt"]
    assert {file["id"] for file in files}.isdisjoint({file["id"] for file in first["attachments"]})
    await room.kit.request("DELETE", f"{room.path}/{first['id']}", room.ada)
    address = files[0]["url"].removeprefix(room.kit.url)
    shown = await room.kit.request("GET", address)
    assert (shown.status, shown.body) == (200, png())
    await room.kit.request("DELETE", f"/api/v10/channels/{to}/messages/{sent['id']}", room.ben)
    assert (await room.kit.request("GET", address)).status == 404


async def test_a_forward_of_a_forward(room: Room) -> None:
    """It says the same, and names the message that was carried on."""
    to = await other_channel(room)
    first = await room.say("once")
    second = (await forward(room, first, to)).json
    third = (await forward(room, second, room.channel)).json
    assert third["message_snapshots"] == second["message_snapshots"]
    assert third["message_reference"]["message_id"] == second["id"]


async def test_only_what_one_may_read(room: Room) -> None:
    """A hidden channel, another community, a private conversation: the same words as for a message that does not exist."""
    kit = room.kit
    hide = [{"id": str(room.guild), "type": 0, "allow": "0", "deny": str(int(Permission.VIEW_CHANNEL))}]
    hidden = await other_channel(room, permission_overwrites=hide)
    secret = (await kit.request("POST", f"/api/v10/channels/{hidden}/messages", room.ada, json={"content": "secret"})).json
    direct = (await kit.request("POST", "/api/v10/users/@me/channels", room.ada, json={"recipient_id": str(room.eve.id)})).json
    talk = await kit.request("POST", f"/api/v10/channels/{direct['id']}/messages", room.ada, json={"content": "secret"})
    missing = await forward(room, {"id": "5", "channel_id": str(room.channel)}, room.channel)
    assert missing.status == 400
    for message in (
        secret,
        talk.json,
        {"id": secret["id"], "channel_id": "5"},
        {"id": secret["id"], "channel_id": str(room.channel)},
    ):
        answer = await forward(room, message, room.channel)
        assert (answer.status, answer.body) == (400, missing.body)
    no_history = {"type": 1, "allow": "0", "deny": str(int(Permission.READ_MESSAGE_HISTORY))}
    early = await room.say("early")
    await kit.request("PUT", f"/api/v10/channels/{room.channel}/permissions/{room.ben.id}", room.ada, json=no_history)
    assert (await forward(room, early, room.channel)).body == missing.body
    assert (await forward(room, secret, hidden, room.ada)).status == 200


async def test_what_the_target_asks_for(room: Room) -> None:
    """To write there, and to attach files where some are carried along."""
    deny = [{"id": str(room.ben.id), "type": 1, "allow": "0", "deny": str(int(Permission.ATTACH_FILES))}]
    no_files = await other_channel(room, permission_overwrites=deny)
    first = await send_files(room, ("a.png", png()), content="look")
    assert (await forward(room, first, no_files)).status == 403
    assert (await forward(room, await room.say("words"), no_files)).status == 200
    mute = [{"id": str(room.ben.id), "type": 1, "allow": "0", "deny": str(int(Permission.SEND_MESSAGES))}]
    locked = await room.kit.channel(room.ada, room.guild, "locked", permission_overwrites=mute)
    assert (await forward(room, first, locked)).status == 403


@pytest.mark.parametrize(
    "fields",
    [
        {"content": "and more"},
        {"embeds": [{"title": "T"}]},
        {"poll": {"question": {"text": "?"}, "answers": [{"poll_media": {"text": "a"}}]}},
    ],
)
async def test_nothing_else_goes_with_it(room: Room, fields: dict[str, Any]) -> None:
    assert (await forward(room, await room.say("hello"), room.channel, **fields)).status == 400


async def test_what_cannot_be_carried_on(room: Room) -> None:
    """Polls, notices; a reference without a channel, or of a kind there is not."""
    poll = {"question": {"text": "Well?"}, "answers": [{"poll_media": {"text": "a"}}]}
    asked = (await room.post({"poll": poll})).json
    assert (await forward(room, asked, room.channel)).status == 400
    thread = f"/api/v10/channels/{room.channel}/threads"
    await room.kit.request("POST", thread, room.ada, json={"name": "t", "type": 11})
    notice = next(each for each in (await room.kit.request("GET", room.path, room.ada)).json if each["type"] == 18)
    assert (await forward(room, notice, room.channel)).status == 400
    for reference in (
        {"type": 1, "message_id": asked["id"]},
        {"type": 2, "message_id": asked["id"]},
        {"type": 1, "message_id": "x", "channel_id": "5"},
    ):
        assert (await room.post({"message_reference": reference})).status == 400


async def test_a_forward_is_not_edited(room: Room) -> None:
    """But its embeds may be hidden, and it is deleted like any message."""
    first = await room.say("words", embeds=[{"title": "T"}])
    sent = (await forward(room, first, room.channel)).json
    one = f"{room.path}/{sent['id']}"
    await room.kit.scenario("PATCH", one, room.ben, json={"content": "mine now"}, status=400, events=[])
    hidden = await room.kit.scenario("PATCH", one, room.ben, json={"flags": 4}, events=["MessageEdited"])
    assert hidden.json["message_snapshots"][0]["message"]["embeds"] == []
    assert hidden.json["flags"] & 1 << 14
    await room.kit.scenario("DELETE", one, room.ben, status=204, events=["MessageDeleted"])


async def test_rules_and_reports_see_the_words(room: Room) -> None:
    kit, to = room.kit, await other_channel(room)
    first = await room.say("about zeppelins")
    sent = (await forward(room, first, to)).json
    report = {"reason": "no"}
    made = await kit.request("POST", f"/api/agora/channels/{to}/messages/{sent['id']}/report", room.ada, json=report)
    assert made.json["content"] == "about zeppelins"
    rule = {
        "name": "no zeppelins",
        "event_type": 1,
        "trigger_type": 1,
        "enabled": True,
        "trigger_metadata": {"keyword_filter": ["zeppelin*"]},
        "actions": [{"type": 1, "metadata": {}}],
    }
    await kit.request("POST", f"/api/v10/guilds/{room.guild}/auto-moderation/rules", room.ada, json=rule)
    blocked = await forward(room, first, to)
    assert (blocked.status, blocked.json["code"]) == (400, 200000)
    row = await kit.ctx().read(find_message, int(sent["id"]))
    assert row is not None and words_of(row) == "about zeppelins"


async def test_search_finds_the_words_of_a_forward(room: Room) -> None:
    """And forgets them with it."""
    to = await other_channel(room)
    first = await room.say("quixotic words")
    sent = (await forward(room, first, to)).json
    await room.kit.request("DELETE", f"{room.path}/{first['id']}", room.ada)
    await room.kit.settle()
    search = f"/api/v10/guilds/{room.guild}/messages/search"
    for query in ("content=quixotic", "has=snapshot"):
        found = (await room.kit.request("GET", f"{search}?{query}", room.ben)).json
        assert [each["id"] for group in found["messages"] for each in group] == [sent["id"]]
    await room.kit.request("DELETE", f"/api/v10/channels/{to}/messages/{sent['id']}", room.ben)
    assert (await room.kit.request("GET", f"{search}?content=quixotic", room.ben)).json["total_results"] == 0
