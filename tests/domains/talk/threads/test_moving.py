"""Threads that move to another channel or go into another thread: what was said, who sees it, and old links."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aiohttp import FormData

from agora.domains.talk.messages import moving as messages_moving
from agora.domains.talk.threads.merge_writes import do_begin_merge, do_merge_some
from agora.domains.talk.threads.moving import finish_merges
from agora.kernel.ctx import system
from agora.protocol.permissions import Permission
from tests.domains.talk.threads.conftest import Loom
from tests.kit.server import Answer, Person, open_kit

VIEW = int(Permission.VIEW_CHANNEL)
MANAGE = int(Permission.MANAGE_THREADS)


async def act(loom: Loom, verb: str, thread: Any, other: Any, person: Person | None = None, status: int = 200) -> Answer:
    key = "parent_id" if verb == "move" else "thread_id"
    path = f"/api/agora/channels/{thread}/{verb}"
    answer = await loom.kit.request("POST", path, person or loom.ada, json={key: str(other)})
    assert answer.status == status, answer.text
    return answer


async def texts(loom: Loom, channel: Any, person: Person | None = None) -> list[str]:
    return [each["content"] for each in reversed(await loom.call("GET", f"/channels/{channel}/messages", person))]


async def hidden_room(loom: Loom) -> int:
    hide = [{"id": str(loom.guild), "type": 0, "allow": "0", "deny": str(VIEW)}]
    return await loom.kit.channel(loom.ada, loom.guild, "hidden", permission_overwrites=hide)


async def test_a_thread_moves_with_all_that_was_said(loom: Loom) -> None:
    message = await loom.say(loom.room, loom.ben, "Who brings cake?")
    path = f"/channels/{loom.room}/messages/{message['id']}"
    thread = (await loom.call("POST", f"{path}/threads", json={"name": "Cake"}, status=201))["id"]
    said = await loom.say(thread, loom.ben, "I do")
    other = await loom.kit.channel(loom.ada, loom.guild, "kitchen")
    moved = (await act(loom, "move", thread, other)).json
    assert (moved["id"], moved["parent_id"], moved["type"]) == (thread, str(other), 11)
    assert await texts(loom, thread) == ["I do"], "what it began with stays in its channel"
    assert (await loom.call("GET", f"/channels/{thread}/messages/{said['id']}"))["content"] == "I do"
    left = await loom.call("GET", path)
    assert "thread" not in left and not left["flags"] & 1 << 5
    notice = (await loom.call("GET", f"/channels/{other}/messages"))[0]
    assert (notice["type"], notice["message_reference"]["channel_id"]) == (18, thread)
    await loom.kit.settle()
    entries = (await loom.call("GET", f"/guilds/{loom.guild}/audit-logs?action_type=111"))["audit_log_entries"]
    assert {"key": "parent_id", "old_value": str(loom.room), "new_value": str(other)} in entries[0]["changes"]
    assert (await act(loom, "move", thread, other)).json["parent_id"] == str(other), "twice is once"


async def test_sight_follows_the_channel(loom: Loom) -> None:
    thread, hidden = (await loom.thread(loom.ben))["id"], await hidden_room(loom)
    await loom.say(thread, loom.ben)
    await act(loom, "move", thread, hidden)
    await loom.call("GET", f"/channels/{thread}/messages", loom.ben, status=403, code=50001)
    await act(loom, "move", thread, loom.room)
    assert await texts(loom, thread, loom.ben) == ["hello"]


async def test_kinds_that_do_not_fit(loom: Loom) -> None:
    news = await loom.kit.channel(loom.ada, loom.guild, "news", type=5)
    forum = await loom.kit.channel(loom.ada, loom.guild, "forum", type=15)
    board = await loom.kit.channel(loom.ada, loom.guild, "board", type=15)
    thread = (await loom.thread())["id"]
    private = (await loom.thread(name="Secret", type=12))["id"]
    post = (await loom.call("POST", f"/channels/{forum}/threads", json={"name": "P", "message": {"content": "x"}}))["id"]
    assert (await act(loom, "move", thread, news)).json["type"] == 10
    assert (await act(loom, "move", thread, loom.room)).json["type"] == 11
    assert (await act(loom, "move", post, board)).json["parent_id"] == str(board)
    for what, where in ((thread, forum), (post, loom.room), (private, news), (thread, private)):
        assert (await act(loom, "move", what, where, status=400)).json["code"] == 50024
    assert (await act(loom, "move", loom.room, news, status=400)).json["code"] == 50024
    assert (await act(loom, "merge", private, thread, status=400)).json["code"] == 50024
    assert (await act(loom, "merge", thread, thread, status=400)).json["code"] == 50035
    assert (await act(loom, "move", thread, "soon", status=400)).json["code"] == 50035
    elsewhere = await loom.kit.guild(loom.ada, name="Elsewhere")
    far = await loom.kit.channel(loom.ada, elsewhere)
    assert (await act(loom, "move", thread, far, status=400)).json["code"] == 50035


async def test_both_places_must_be_managed(loom: Loom) -> None:
    thread, other = (await loom.thread())["id"], (await loom.thread(name="Other"))["id"]
    room, hidden = await loom.kit.channel(loom.ada, loom.guild, "kitchen"), await hidden_room(loom)
    for verb, target in (("move", room), ("merge", other)):
        assert (await act(loom, verb, thread, target, loom.ben, 403)).json["code"] == 50013
        assert (await act(loom, verb, thread, target, loom.eve, 404)).json["code"] == 10003
    allow = {"type": 1, "allow": str(MANAGE), "deny": "0"}
    await loom.call("PUT", f"/channels/{loom.room}/permissions/{loom.ben.id}", json=allow)
    assert (await act(loom, "move", thread, room, loom.ben, 403)).json["code"] == 50013
    assert (await act(loom, "move", thread, hidden, loom.ben, 403)).json["code"] == 50001
    await act(loom, "merge", thread, other, loom.ben)
    await loom.call("GET", f"/channels/{thread}", status=404, code=10003)


async def test_two_threads_become_one(loom: Loom, monkeypatch: Any) -> None:
    monkeypatch.setattr(messages_moving, "CHUNK", 2)
    one, two = (await loom.thread(loom.ben, "One"))["id"], (await loom.thread(loom.cleo, "Two"))["id"]
    ids = {}
    for n in range(6):
        ids[n] = (await loom.say((one, two)[n % 2], (loom.ben, loom.cleo)[n % 2], f"number {n} turnip", nonce=str(n // 2)))["id"]
    await loom.call("PUT", f"/channels/{one}/messages/{ids[0]}/reactions/%F0%9F%91%8D/@me")
    await loom.call("PUT", f"/channels/{one}/messages/pins/{ids[2]}")
    merged = (await act(loom, "merge", one, two)).json
    assert (merged["id"], merged["message_count"], merged["last_message_id"]) == (two, 6, ids[5])
    assert merged["message_count"] == (await loom.look(two))["message_count"]
    assert await texts(loom, two) == [f"number {n} turnip" for n in range(6)], "in the order of their times"
    message = await loom.call("GET", f"/channels/{two}/messages/{ids[0]}")
    assert (message["channel_id"], message["reactions"][0]["count"]) == (two, 1)
    assert [each["message"]["id"] for each in (await loom.call("GET", f"/channels/{two}/messages/pins"))["items"]] == [ids[2]]
    members = {each["user_id"] for each in await loom.call("GET", f"/channels/{two}/thread-members")}
    assert members == {str(loom.ben.id), str(loom.cleo.id)}
    found = await loom.call("GET", f"/guilds/{loom.guild}/messages/search?content=turnip&channel_id={two}")
    assert found["total_results"] == 6
    await loom.kit.settle()
    assert len(await texts(loom, two)) == 6, "the end of the old thread takes nothing along"
    old = (await loom.kit.request("GET", f"/api/agora/channels/{one}/merged", loom.ben)).json
    assert old == {"guild_id": str(loom.guild), "channel_id": two}
    entries = (await loom.call("GET", f"/guilds/{loom.guild}/audit-logs?action_type=111"))["audit_log_entries"]
    assert entries[0]["options"] == {"merged_thread_id": one, "merged_thread_name": "One"}


async def test_old_links_lead_on_for_who_may_see_the_place(loom: Loom) -> None:
    one, two, three = [(await loom.thread(name=name))["id"] for name in ("One", "Two", "Three")]
    await act(loom, "merge", one, two)
    await act(loom, "merge", two, three)
    for old in (one, two):
        path = f"/api/agora/channels/{old}/merged"
        assert (await loom.kit.request("GET", path, loom.ben)).json["channel_id"] == three
        assert (await loom.kit.request("GET", path, loom.eve)).status == 404
    assert (await loom.kit.request("GET", f"/api/agora/channels/{three}/merged", loom.ben)).status == 404
    await loom.call("DELETE", f"/channels/{three}")
    assert (await loom.kit.request("GET", f"/api/agora/channels/{one}/merged", loom.ben)).status == 404


async def test_a_merge_cut_short_is_ended_after_a_restart(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(messages_moving, "CHUNK", 1)
    async with open_kit(tmp_path / "data") as kit:
        ada = await kit.person("ada")
        guild = await kit.guild(ada)
        room = await kit.channel(ada, guild)
        made = []
        for name in ("One", "Two"):
            answer = await kit.request("POST", f"/api/v10/channels/{room}/threads", ada, json={"name": name, "type": 11})
            made.append(int(answer.json["id"]))
            for n in range(3):
                await kit.request("POST", f"/api/v10/channels/{made[-1]}/messages", ada, json={"content": f"{name} {n}"})
        await kit.ctx(ada).write(do_begin_merge, *made)
        assert await kit.ctx(ada).write(do_merge_some, *made)
    async with open_kit(tmp_path / "data") as kit:
        await finish_merges(system(kit.app))
        assert (await kit.request("GET", f"/api/v10/channels/{made[0]}", ada)).status == 404
        answer = await kit.request("GET", f"/api/v10/channels/{made[1]}/messages", ada)
        assert sorted(each["content"] for each in answer.json) == sorted(f"{name} {n}" for name in ("One", "Two") for n in range(3))
        assert (await kit.request("GET", f"/api/v10/channels/{made[1]}", ada)).json["message_count"] == 6


async def test_files_calls_polls_and_reports_go_along(loom: Loom) -> None:
    one, two = (await loom.thread(loom.ben, "One"))["id"], (await loom.thread(loom.ben, "Two"))["id"]
    form = FormData()
    form.add_field("payload_json", json.dumps({"content": f"<@{loom.cleo.id}> look"}), content_type="application/json")
    form.add_field("files[0]", b"plain words", filename="note.txt", content_type="text/plain")
    headers = {"Authorization": f"Bearer {loom.ben.token}"}
    url = f"{loom.kit.url}/api/v10/channels/{one}/messages"
    async with loom.kit.session.post(url, data=form, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        with_file = (await answer.json())["id"]
    poll = {"question": {"text": "Tea?"}, "answers": [{"poll_media": {"text": text}} for text in ("Yes", "No")], "duration": 1}
    asked = (await loom.call("POST", f"/channels/{one}/messages", loom.ben, json={"poll": poll}))["id"]
    report = f"/api/agora/channels/{one}/messages/{with_file}/report"
    assert (await loom.kit.request("POST", report, loom.cleo, json={"reason": "odd"})).status < 300
    await act(loom, "merge", one, two)
    (file,) = (await loom.call("GET", f"/channels/{two}/messages/{with_file}"))["attachments"]
    assert f"/attachments/{two}/" in file["url"]
    path = file["url"].removeprefix(loom.kit.url)
    assert (await loom.kit.request("GET", path, loom.cleo)).text == "plain words"
    vote = f"/channels/{two}/polls/{asked}/answers/@me"
    await loom.call("PUT", vote, loom.cleo, json={"answer_ids": [1]}, status=204)
    inbox = await loom.call("GET", "/users/@me/mentions", loom.cleo)
    assert [(each["id"], each["channel_id"]) for each in inbox] == [(with_file, two)]
    reports = (await loom.kit.request("GET", f"/api/agora/guilds/{loom.guild}/reports", loom.ada)).json["items"]
    assert [each["channel_id"] for each in reports] == [two]
