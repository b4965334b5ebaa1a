"""Forums: posts, tags and what they are found by."""

from __future__ import annotations

from typing import Any

from tests.domains.talk.threads.conftest import Loom

TAGS = [{"name": "Help"}, {"name": "Done", "moderated": True, "emoji_name": "✅"}]


async def make_forum(loom: Loom, **fields: Any) -> Any:
    body = {"name": "Ask Here", "type": 15, "available_tags": TAGS, "default_auto_archive_duration": 60, **fields}
    return await loom.call("POST", f"/guilds/{loom.guild}/channels", json=body, status=201)


async def post(loom: Loom, forum: str, name: str = "How?", *, status: int = 201, code: int | None = None, **fields: Any) -> Any:
    body = {"name": name, "message": {"content": "First words"}, **fields}
    return await loom.call("POST", f"/channels/{forum}/threads", loom.ben, json=body, status=status, code=code)


async def test_a_forum_has_tags(loom: Loom) -> None:
    forum = await make_forum(loom)
    assert (forum["name"], forum["type"], forum["default_auto_archive_duration"]) == ("ask-here", 15, 60)
    help_, done = forum["available_tags"]
    assert (done["moderated"], done["emoji_name"]) == (True, "✅")
    path = f"/channels/{forum['id']}"
    changed = await loom.call("PATCH", path, json={"available_tags": [{"id": help_["id"], "name": "Question"}, {"name": "New"}]})
    assert changed["available_tags"][0] == {**help_, "name": "Question"}
    assert changed["available_tags"][1]["id"] not in (help_["id"], done["id"])
    await loom.call("PATCH", path, json={"available_tags": [{"id": "5", "name": "x"}]}, status=400, code=50035)


async def test_a_post_is_a_thread_with_its_first_message(loom: Loom) -> None:
    forum = await make_forum(loom)
    loom.kit.take_events()
    made = await post(loom, forum["id"], applied_tags=[forum["available_tags"][0]["id"]])
    assert loom.kit.take_events() == ["ThreadCreated", "ThreadMembersChanged", "MessageSent"]
    assert made["message"]["id"] == made["id"] == made["message"]["channel_id"]
    assert made["parent_id"] == forum["id"]
    assert made["applied_tags"] == [forum["available_tags"][0]["id"]]
    assert made["thread_metadata"]["auto_archive_duration"] == 60
    first = await loom.call("GET", f"/channels/{made['id']}/messages/{made['id']}")
    assert first["content"] == "First words"
    await loom.say(made["id"], content="An answer", message_reference={"message_id": made["id"]})
    found = await loom.look(made["id"])
    assert (found["message_count"], found["total_message_sent"]) == (1, 1)
    await loom.call("POST", f"/channels/{forum['id']}/messages", json={"content": "x"}, status=400, code=50008)


async def test_tags_have_rules(loom: Loom) -> None:
    forum = await make_forum(loom, flags=1 << 4)
    assert forum["flags"] == 1 << 4
    help_, done = (tag["id"] for tag in forum["available_tags"])
    await post(loom, forum["id"], status=400, code=40067)
    await post(loom, forum["id"], applied_tags=["5"], status=400, code=50035)
    await post(loom, forum["id"], applied_tags=[done], status=403, code=50013)
    made = await post(loom, forum["id"], applied_tags=[help_])
    path = f"/channels/{made['id']}"
    await loom.call("PATCH", path, loom.ben, json={"applied_tags": [help_, done]}, status=403, code=50013)
    assert (await loom.call("PATCH", path, json={"applied_tags": [done]}))["applied_tags"] == [done]


async def test_posts_are_found_by_tag_with_their_first_messages(loom: Loom) -> None:
    forum = await make_forum(loom)
    help_, done = (tag["id"] for tag in forum["available_tags"])
    one = await post(loom, forum["id"], "One", applied_tags=[help_])
    two = await post(loom, forum["id"], "Two")
    await loom.call("PATCH", f"/channels/{two['id']}", json={"applied_tags": [help_, done], "flags": 2})
    path = f"/channels/{forum['id']}/threads/search"
    some = await loom.call("GET", f"{path}?tag={help_},{done}&sort_by=creation_time&sort_order=asc")
    assert [each["id"] for each in some["threads"]] == [one["id"], two["id"]]
    assert [each["content"] for each in some["first_messages"]] == ["First words"] * 2
    both = await loom.call("GET", f"{path}?tag={help_},{done}&tag_setting=match_all")
    assert [each["id"] for each in both["threads"]] == [two["id"]]


async def test_announcements_have_threads_of_their_own_kind(loom: Loom) -> None:
    await loom.call("PATCH", f"/channels/{loom.room}", json={"type": 5})
    message = await loom.say(loom.room)
    path = f"/channels/{loom.room}/messages/{message['id']}/threads"
    assert (await loom.call("POST", path, json={"name": "N"}, status=201))["type"] == 10
    body = {"name": "P", "type": 12}
    await loom.call("POST", f"/channels/{loom.room}/threads", json=body, status=400, code=50024)
    await loom.call("PATCH", f"/channels/{loom.room}", json={"type": 15}, status=400, code=50035)
