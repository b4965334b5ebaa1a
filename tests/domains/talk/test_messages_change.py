"""Editing, deleting, pinning: who may, what is told, and that the full-text index follows."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from agora.kernel.ids import first_at
from agora.kernel.tx import Tx
from tests.domains.talk.conftest import Room
from tests.domains.talk.shapes import check_shape


def find_words(tx: Tx, word: str) -> list[int]:
    """What the index has for a word."""
    return list(tx.execute(text("SELECT rowid FROM messages_fts WHERE messages_fts MATCH :word"), {"word": word}).scalars())


def check_index(tx: Tx) -> None:
    """SQLite compares the index with the table; raises when they differ."""
    tx.execute(text("INSERT INTO messages_fts(messages_fts, rank) VALUES ('integrity-check', 1)"))


async def test_editing_changes_text_html_and_index(room: Room) -> None:
    kit = room.kit
    message = await room.say("old apples", room.ben)
    path = f"{room.path}/{message['id']}"
    answer = await kit.scenario("PATCH", path, room.ben, json={"content": "new **pears**"}, has=["pears"], events=["MessageEdited"])
    assert answer.json["edited_timestamp"] is not None
    assert answer.json["content_html"] == "<p>new <strong>pears</strong></p>"
    assert answer.json["timestamp"] == message["timestamp"]
    check_shape("MessageResponse", answer.json)
    assert await kit.ctx().read(find_words, "apples") == []
    assert await kit.ctx().read(find_words, "pears") == [int(str(message["id"]))]
    await kit.ctx().write(check_index)


async def test_only_the_author_edits_and_moderators_hide_embeds(room: Room) -> None:
    kit = room.kit
    message = await room.say("mine", room.ben, embeds=[{"title": "t"}])
    path = f"{room.path}/{message['id']}"
    await kit.scenario("PATCH", path, room.ada, json={"content": "x"}, status=403, has=['"code":50005'])
    await kit.scenario("PATCH", path, room.ada, json={"flags": 4}, has=['"embeds":[]'], events=["MessageEdited"])
    await kit.scenario("PATCH", path, room.eve, json={"content": "x"}, status=404, has=['"code":10003'])
    await kit.scenario("PATCH", f"{room.path}/12345", room.ada, json={"content": "x"}, status=404, has=["10008"])
    await kit.scenario("PATCH", path, room.ben, json={"content": "x" * 2001}, status=400, has=["2000"])
    await kit.scenario("PATCH", path, room.ben, json={"content": "", "embeds": []}, status=400, has=['"code":50006'])


async def test_an_edit_keeps_who_was_answered(room: Room) -> None:
    first = await room.say("question", room.ben)
    reply = await room.say("answer", message_reference={"message_id": first["id"]})
    edited = await room.kit.request("PATCH", f"{room.path}/{reply['id']}", room.ada, json={"content": "better"})
    assert [user["id"] for user in edited.json["mentions"]] == [str(room.ben.id)]
    assert edited.json["referenced_message"]["content"] == "question"


async def test_deleting(room: Room) -> None:
    kit = room.kit
    mine, theirs = await room.say("pears", room.ben), await room.say("plums", room.ada)
    await kit.scenario("DELETE", f"{room.path}/{theirs['id']}", room.ben, status=403, has=['"code":50013'])
    await kit.scenario("DELETE", f"{room.path}/{mine['id']}", room.ben, status=204, events=["MessageDeleted"])
    await kit.scenario("DELETE", f"{room.path}/{mine['id']}", room.ben, status=404, has=["10008"])
    await kit.scenario("GET", f"{room.path}/{mine['id']}", room.ben, status=404, has=["10008"])
    assert await kit.ctx().read(find_words, "pears") == []
    await kit.ctx().write(check_index)
    reply = await room.say("about it", message_reference={"message_id": theirs["id"]})
    await kit.scenario("DELETE", f"{room.path}/{theirs['id']}", room.ada, status=204, events=["MessageDeleted"])
    left = await kit.request("GET", f"{room.path}/{reply['id']}", room.ada)
    assert left.json["referenced_message"] is None


async def test_a_message_is_only_found_in_its_own_channel(room: Room) -> None:
    other = await room.kit.channel(room.ada, room.guild, "other")
    message = await room.say("here")
    path = f"/api/v10/channels/{other}/messages/{message['id']}"
    await room.kit.scenario("GET", path, room.ada, status=404, has=["10008"])
    await room.kit.scenario("DELETE", path, room.ada, status=404, has=["10008"])


async def test_bulk_delete(room: Room) -> None:
    kit = room.kit
    ids = [(await room.say(f"number {n}"))["id"] for n in range(3)]
    path = f"{room.path}/bulk-delete"
    await kit.scenario("POST", path, room.ben, json={"messages": ids}, status=403, has=['"code":50013'])
    await kit.scenario("POST", path, room.ada, json={"messages": ids[:1]}, status=400, has=["50016"])
    old = str(first_at(kit.app.clock.now_ms() - 15 * 86_400_000))
    await kit.scenario("POST", path, room.ada, json={"messages": [old, ids[0]]}, status=400, has=["50034"])
    await kit.scenario("POST", path, room.ada, json={"messages": [ids[0], ids[0]]}, status=400, has=["more than once"])
    await kit.scenario("POST", path, room.ada, json={"messages": [*ids[:2], "99999999999999999"]}, status=400, has=["50034"])
    await kit.scenario("POST", path, room.ada, json={"messages": ids[:2]}, status=204, events=["MessagesBulkDeleted"])
    page = await kit.request("GET", room.path, room.ada)
    assert [message["id"] for message in page.json] == [ids[2]]
    await kit.ctx().write(check_index)


@pytest.mark.parametrize("base", ["messages/pins", "pins"])
async def test_pins(room: Room, base: str) -> None:
    kit = room.kit
    first, second = await room.say("first"), await room.say("second")
    pins = f"/api/v10/channels/{room.channel}/{base}"
    await kit.scenario("PUT", f"{pins}/{first['id']}", room.ben, status=403, has=['"code":50013'])
    told = ["MessageEdited", "PinsChanged"]
    await kit.scenario("PUT", f"{pins}/{first['id']}", room.ada, status=204, events=told)
    await kit.scenario("PUT", f"{pins}/{second['id']}", room.ada, status=204, events=told)
    await kit.scenario("PUT", f"{pins}/{second['id']}", room.ada, status=204, events=[])
    listed = await kit.request("GET", f"/api/v10/channels/{room.channel}/messages/pins", room.ben)
    assert {item["message"]["id"] for item in listed.json["items"]} == {first["id"], second["id"]}
    assert listed.json["has_more"] is False
    check_shape("PinnedMessagesResponse", listed.json)
    old = await kit.request("GET", f"/api/v10/channels/{room.channel}/pins", room.ben)
    assert all(message["pinned"] for message in old.json)
    await kit.scenario("DELETE", f"{pins}/{first['id']}", room.ada, status=204, events=told)
    listed = await kit.request("GET", f"/api/v10/channels/{room.channel}/messages/pins", room.ben)
    assert [item["message"]["id"] for item in listed.json["items"]] == [second["id"]]


async def test_what_was_said_in_a_deleted_channel_goes(room: Room) -> None:
    kit = room.kit
    message = await room.say("gone apples")
    await kit.request("DELETE", f"/api/v10/channels/{room.channel}", room.ada)
    await kit.settle()
    assert await kit.ctx().read(find_words, "apples") == []
    rows = await kit.ctx().read(lambda tx: tx.execute(text("SELECT count(*) FROM messages_message")).scalar_one())
    assert rows == 0
    assert message["id"]
