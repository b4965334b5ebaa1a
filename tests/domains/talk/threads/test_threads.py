"""Threads over REST: beginning, speaking, changing, ending, and what is counted."""

from __future__ import annotations

from agora.domains.place.guilds import add_member
from agora.domains.place.permissions import Directory, FactsSource
from agora.kernel.tx import Tx
from agora.protocol.permissions import Permission
from tests.domains.talk.threads.conftest import Loom

HAS_THREAD = 1 << 5


async def test_a_thread_begins_with_a_message(loom: Loom) -> None:
    message = await loom.say(loom.room, loom.ben, "Who brings cake?")
    path = f"/channels/{loom.room}/messages/{message['id']}"
    loom.kit.take_events()
    body = {"name": "  Cake  ", "auto_archive_duration": 60}
    thread = await loom.call("POST", f"{path}/threads", loom.cleo, json=body, status=201)
    assert loom.kit.take_events() == ["ThreadCreated", "ThreadMembersChanged", "MessageSent", "MessageEdited"]
    assert (thread["id"], thread["type"], thread["name"]) == (message["id"], 11, "Cake")
    assert thread["thread_metadata"]["auto_archive_duration"] == 60
    assert thread["owner_id"] == thread["member"]["user_id"] == str(loom.cleo.id)
    assert (thread["message_count"], thread["member_count"]) == (0, 1)
    again = await loom.call("GET", path)
    assert again["flags"] & HAS_THREAD
    assert again["thread"]["id"] == thread["id"]
    first = (await loom.call("GET", f"/channels/{thread['id']}/messages"))[0]
    assert first["type"] == 21
    assert first["message_reference"] == {
        "channel_id": str(loom.room),
        "guild_id": str(loom.guild),
        "message_id": message["id"],
        "type": 0,
    }
    assert first["referenced_message"]["content"] == "Who brings cake?"
    await loom.call("POST", f"{path}/threads", loom.ben, json={"name": "Again"}, status=400, code=160004)
    await loom.call("DELETE", f"/channels/{thread['id']}/messages/{first['id']}", status=403, code=50021)


async def test_a_thread_without_a_message_is_announced(loom: Loom) -> None:
    thread = await loom.thread(loom.ben)
    notice = (await loom.call("GET", f"/channels/{loom.room}/messages"))[0]
    assert (notice["type"], notice["content"], notice["author"]["id"]) == (18, "Side talk", str(loom.ben.id))
    assert notice["message_reference"]["channel_id"] == thread["id"]
    path = f"/channels/{loom.room}/messages/{notice['id']}"
    await loom.call("PATCH", path, loom.ben, json={"content": "x"}, status=403, code=50021)


async def test_speakers_and_those_they_mention_take_part(loom: Loom) -> None:
    thread = (await loom.thread())["id"]
    await loom.say(thread, loom.ben, f"<@{loom.cleo.id}> <@{loom.eve.id}> look")
    members = await loom.call("GET", f"/channels/{thread}/thread-members?with_member=true")
    assert {each["user_id"] for each in members} == {str(p.id) for p in (loom.ada, loom.ben, loom.cleo)}
    assert members[0]["member"]["user"]["username"] == "ada"
    assert (await loom.look(thread))["member_count"] == 3


async def test_messages_are_counted_without_the_first_and_the_deleted(loom: Loom) -> None:
    thread = (await loom.thread())["id"]
    ids = [(await loom.say(thread, loom.ben, f"{n}"))["id"] for n in range(4)]
    await loom.call("DELETE", f"/channels/{thread}/messages/{ids[0]}")
    await loom.call("POST", f"/channels/{thread}/messages/bulk-delete", json={"messages": ids[1:3]})
    found = await loom.look(thread)
    assert (found["message_count"], found["total_message_sent"], found["last_message_id"]) == (1, 4, ids[3])


async def test_send_messages_in_threads_is_what_counts_there(loom: Loom) -> None:
    thread = (await loom.thread())["id"]
    deny = {"type": 1, "allow": "0"}
    path = f"/channels/{loom.room}/permissions/{loom.ben.id}"
    await loom.call("PUT", path, json=deny | {"deny": str(int(Permission.SEND_MESSAGES))})
    await loom.say(thread, loom.ben)
    await loom.call("POST", f"/channels/{loom.room}/messages", loom.ben, json={"content": "x"}, status=403, code=50013)
    await loom.call("PUT", path, json=deny | {"deny": str(int(Permission.SEND_MESSAGES_IN_THREADS))})
    await loom.say(loom.room, loom.ben)
    await loom.call("POST", f"/channels/{thread}/messages", loom.ben, json={"content": "x"}, status=403, code=50013)
    await loom.call("PUT", path, json=deny | {"deny": str(int(Permission.VIEW_CHANNEL))})
    await loom.call("GET", f"/channels/{thread}", loom.ben, status=403, code=50001)
    await loom.call("PUT", path, json=deny | {"deny": str(int(Permission.CREATE_PUBLIC_THREADS))})
    await loom.call("POST", f"/channels/{loom.room}/threads", loom.ben, json={"name": "x", "type": 11}, status=403, code=50013)


async def test_a_private_thread_is_for_its_members_and_managers(loom: Loom) -> None:
    thread = (await loom.thread(loom.ben, "Quiet", type=12, invitable=False))["id"]
    assert (await loom.look(thread, loom.ben))["thread_metadata"]["invitable"] is False
    for method, path in (("GET", ""), ("GET", "/messages"), ("PUT", "/thread-members/@me"), ("GET", "/thread-members")):
        await loom.call(method, f"/channels/{thread}{path}", loom.cleo, status=403, code=50001)
    assert thread in {t["id"] for t in (await loom.call("GET", f"/guilds/{loom.guild}/threads/active"))["threads"]}
    assert (await loom.call("GET", f"/guilds/{loom.guild}/threads/active", loom.cleo))["threads"] == []
    await loom.call("PUT", f"/channels/{thread}/thread-members/{loom.cleo.id}", loom.ben)
    await loom.look(thread, loom.cleo)
    await loom.call("PUT", f"/channels/{thread}/thread-members/{loom.eve.id}", loom.ben, status=404, code=10007)
    await loom.call("DELETE", f"/channels/{thread}/thread-members/{loom.ben.id}", loom.cleo, status=403, code=50013)
    await loom.call("DELETE", f"/channels/{thread}/thread-members/{loom.cleo.id}", loom.ben)
    await loom.call("GET", f"/channels/{thread}", loom.cleo, status=403, code=50001)
    await loom.role(loom.cleo, Permission.MANAGE_THREADS)
    await loom.look(thread, loom.cleo)


async def test_who_may_not_invite_asks_nobody_in(loom: Loom) -> None:
    thread = (await loom.thread(loom.ben, type=12, invitable=False))["id"]
    await loom.call("PUT", f"/channels/{thread}/thread-members/{loom.cleo.id}", loom.ben)
    dan = await loom.kit.person("dan")
    await add_member(loom.kit.ctx(), loom.guild, dan.id)
    await loom.call("PUT", f"/channels/{thread}/thread-members/{dan.id}", loom.cleo, status=403, code=50013)
    await loom.say(thread, loom.cleo, f"<@{dan.id}> come")
    await loom.call("GET", f"/channels/{thread}", dan, status=403, code=50001)


async def test_archived_threads_open_again_by_a_message_and_locked_ones_do_not(loom: Loom) -> None:
    thread = (await loom.thread(loom.ben))["id"]
    await loom.call("PATCH", f"/channels/{thread}", loom.ben, json={"archived": True})
    await loom.call("PATCH", f"/channels/{thread}", loom.ben, json={"name": "New"}, status=400, code=50083)
    await loom.call("PUT", f"/channels/{thread}/thread-members/@me", loom.cleo, status=400, code=50083)
    assert (await loom.call("GET", f"/guilds/{loom.guild}/threads/active"))["threads"] == []
    await loom.say(thread, loom.cleo)
    assert (await loom.look(thread))["thread_metadata"]["archived"] is False
    await loom.call("PATCH", f"/channels/{thread}", loom.ben, json={"locked": True}, status=403, code=50013)
    await loom.call("PATCH", f"/channels/{thread}", json={"locked": True})
    await loom.call("POST", f"/channels/{thread}/messages", loom.ben, json={"content": "x"}, status=403, code=160005)
    await loom.call("PATCH", f"/channels/{thread}", json={"archived": True})
    await loom.call("POST", f"/channels/{thread}/messages", loom.ben, json={"content": "x"}, status=403, code=50083)
    await loom.call("PATCH", f"/channels/{thread}", loom.ben, json={"archived": False}, status=403, code=50013)
    await loom.say(thread)
    found = (await loom.look(thread))["thread_metadata"]
    assert (found["archived"], found["locked"]) == (False, True)


async def test_who_may_change_a_thread(loom: Loom) -> None:
    thread = (await loom.thread(loom.ben))["id"]
    await loom.call("PATCH", f"/channels/{thread}", loom.ben, json={"name": "Mine", "auto_archive_duration": 1440})
    await loom.call("PATCH", f"/channels/{thread}", loom.cleo, json={"name": "Yours"}, status=403, code=50013)
    await loom.call("PATCH", f"/channels/{thread}", loom.ben, json={"rate_limit_per_user": 5}, status=403, code=50013)
    await loom.call("PATCH", f"/channels/{thread}", json={"name": " "}, status=400, code=50035)
    await loom.call("DELETE", f"/channels/{thread}", loom.ben, status=403, code=50013)
    await loom.call("DELETE", f"/channels/{thread}")
    await loom.call("GET", f"/channels/{thread}", status=404, code=10003)


async def test_a_deleted_thread_leaves_its_message_and_takes_its_own(loom: Loom) -> None:
    message = await loom.say(loom.room)
    path = f"/channels/{loom.room}/messages/{message['id']}"
    thread = (await loom.call("POST", f"{path}/threads", json={"name": "T"}, status=201))["id"]
    await loom.say(thread, loom.ben, "findable")
    await loom.call("DELETE", f"/channels/{thread}")
    await loom.kit.settle()
    again = await loom.call("GET", path)
    assert "thread" not in again
    assert not again["flags"] & HAS_THREAD
    assert (await loom.call("GET", f"/guilds/{loom.guild}/messages/search?content=findable"))["total_results"] == 0


async def test_search_finds_what_was_said_in_threads_one_sees(loom: Loom) -> None:
    public, private = (await loom.thread())["id"], (await loom.thread(name="Q", type=12))["id"]
    for thread in (public, private):
        await loom.say(thread, content="marmalade")
    assert (await loom.call("GET", f"/guilds/{loom.guild}/messages/search?content=marmalade"))["total_results"] == 2
    assert (await loom.call("GET", f"/guilds/{loom.guild}/messages/search?content=marmalade", loom.ben))["total_results"] == 1


async def test_threads_end_with_their_channel(loom: Loom) -> None:
    thread = (await loom.thread())["id"]
    await loom.say(thread)
    await loom.call("DELETE", f"/channels/{loom.room}")
    await loom.kit.settle()
    await loom.call("GET", f"/channels/{thread}", status=404, code=10003)
    assert loom.kit.app.get(Directory).threads(loom.guild) == []


async def test_who_leaves_the_community_leaves_its_threads(loom: Loom) -> None:
    thread = (await loom.thread(loom.ben))["id"]
    await loom.say(thread)
    await loom.call("DELETE", f"/users/@me/guilds/{loom.guild}", loom.ben, status=204)
    assert [each["user_id"] for each in await loom.call("GET", f"/channels/{thread}/thread-members")] == [str(loom.ada.id)]


async def test_threads_have_their_own_unread_state(loom: Loom) -> None:
    thread = (await loom.thread())["id"]
    said = await loom.say(thread)
    await loom.kit.request("POST", f"/api/v10/channels/{thread}/messages/{said['id']}/ack", loom.ben, json={})
    assert loom.kit.take_events()[-1] == "ChannelRead"


async def test_joining_leaving_and_how_much_to_hear(loom: Loom) -> None:
    thread = (await loom.thread())["id"]
    mine = f"/channels/{thread}/thread-members/@me"
    await loom.call("PUT", mine, loom.ben, status=204)
    answer = await loom.kit.request("PATCH", f"/api/v10{mine}/settings", loom.ben, json={"flags": 2})
    assert answer.json["flags"] == 2
    assert (await loom.call("GET", f"/channels/{thread}/thread-members/{loom.ben.id}"))["flags"] == 2
    await loom.call("DELETE", mine, loom.ben, status=204)
    await loom.call("GET", f"/channels/{thread}/thread-members/{loom.ben.id}", status=404, code=10007)


async def test_the_audit_log_tells_of_threads(loom: Loom) -> None:
    thread = (await loom.thread(loom.ben))["id"]
    await loom.call("PATCH", f"/channels/{thread}", json={"locked": True, "auto_archive_duration": 60})
    await loom.call("DELETE", f"/channels/{thread}")
    await loom.kit.settle()
    log = await loom.call("GET", f"/guilds/{loom.guild}/audit-logs")
    entries = [each for each in log["audit_log_entries"] if each["target_id"] == thread]
    assert [each["action_type"] for each in entries] == [112, 111, 110]
    assert {change["key"] for change in entries[1]["changes"]} == {"locked", "auto_archive_duration"}


async def test_memory_after_a_restart_is_what_it_was(loom: Loom) -> None:
    thread = (await loom.thread(loom.ben, type=12))["id"]
    await loom.say(thread, loom.ben)
    app = loom.kit.app
    directory, fresh = app.get(Directory), Directory(app.clock)

    def load(tx: Tx) -> None:
        for source in app.offers(FactsSource):
            source.load(tx, fresh)

    await app.db.read(load)
    assert fresh.threads(loom.guild) == directory.threads(loom.guild)
    assert dict(fresh.thread_members(int(thread))) == dict(directory.thread_members(int(thread)))
