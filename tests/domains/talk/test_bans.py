"""What a ban takes along, several bans at once, and pruning of who is silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from agora.kernel.clock import FrozenClock
from tests.kit.server import Kit, open_kit

API = "/api/v10"
HOUR_MS = 3_600_000


async def test_a_ban_takes_along_what_was_written_lately(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        ada, ben = await kit.person("ada"), await kit.person("ben")
        guild = await kit.guild(ada, ben)
        room, other = [await kit.channel(ada, guild, name) for name in ("one", "two")]
        thread = (await kit.request("POST", f"{API}/channels/{room}/threads", ada, json={"name": "T", "type": 11})).json["id"]
        await kit.request("POST", f"{API}/channels/{room}/messages", ben, json={"content": "old"})
        clock.advance(2 * HOUR_MS)
        for place in (room, room, other, thread):
            await kit.request("POST", f"{API}/channels/{place}/messages", ben, json={"content": "new"})
        await kit.request("POST", f"{API}/channels/{room}/messages", ada, json={"content": "mine"})
        await kit.settle()
        kit.take_events()
        body = {"delete_message_seconds": 3600}
        assert (await kit.request("PUT", f"{API}/guilds/{guild}/bans/{ben.id}", ada, json=body)).status == 204
        await kit.settle()
        assert kit.take_events().count("MessagesBulkDeleted") == 3
        left = {place: (await kit.request("GET", f"{API}/channels/{place}/messages", ada)).json for place in (room, other, thread)}
        assert [m["content"] for m in left[room] if m["type"] == 0] == ["mine", "old"]
        assert left[other] == left[thread] == []


async def test_several_are_banned_at_once(agora: Kit) -> None:
    people = [await agora.person(name) for name in ("ada", "ben", "cleo", "dan")]
    ada, ben, cleo, _ = people
    guild = await agora.guild(ada, ben, cleo)
    body = {"user_ids": [str(person.id) for person in people] + ["5"]}
    answer = await agora.request("POST", f"{API}/guilds/{guild}/bulk-ban", ada, json=body)
    assert answer.json == {"banned_users": [str(p.id) for p in people[1:]], "failed_users": [str(ada.id), "5"]}
    assert (await agora.request("POST", f"{API}/guilds/{guild}/bulk-ban", ben, json=body)).status == 404


async def test_the_silent_are_pruned(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        ada, ben, cleo, dan = [await kit.person(name) for name in ("ada", "ben", "cleo", "dan")]
        guild = await kit.guild(ada, ben, cleo, dan)
        room = await kit.channel(ada, guild)
        role = (await kit.request("POST", f"{API}/guilds/{guild}/roles", ada, json={"name": "R"})).json["id"]
        await kit.request("PUT", f"{API}/guilds/{guild}/members/{dan.id}/roles/{role}", ada)
        clock.advance(8 * 24 * HOUR_MS)
        await kit.request("POST", f"{API}/channels/{room}/messages", ben, json={"content": "here"})
        path = f"{API}/guilds/{guild}/prune"
        assert (await kit.request("GET", f"{path}?days=7", ada)).json == {"pruned": 1}
        assert (await kit.request("GET", f"{path}?days=7&include_roles={role}", ada)).json == {"pruned": 2}
        assert (await kit.request("GET", f"{path}?days=9", ada)).json == {"pruned": 0}
        assert (await kit.request("GET", path, ben)).status == 403
        assert (await kit.request("POST", path, ada, json={"days": 7})).json == {"pruned": 1}
        assert (await kit.request("GET", f"{API}/guilds/{guild}/members/{cleo.id}", ada)).status == 404
        assert (await kit.request("GET", f"{API}/guilds/{guild}/members/{dan.id}", ada)).status == 200


async def test_a_timed_out_member_can_only_read(agora: Kit) -> None:
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild = await agora.guild(ada, ben)
    room = await agora.channel(ada, guild)
    said = (await agora.request("POST", f"{API}/channels/{room}/messages", ada, json={"content": "hello"})).json["id"]
    thread = (await agora.request("POST", f"{API}/channels/{room}/threads", ada, json={"name": "T", "type": 11})).json["id"]
    until = {"communication_disabled_until": "2999-01-01T00:00:00+00:00"}
    assert (await agora.request("PATCH", f"{API}/guilds/{guild}/members/{ben.id}", ada, json=until)).status == 400
    until = {"communication_disabled_until": (datetime.now(UTC) + timedelta(days=1)).isoformat()}
    assert (await agora.request("PATCH", f"{API}/guilds/{guild}/members/{ben.id}", ada, json=until)).status == 200
    refused = [
        ("POST", f"/channels/{room}/messages", {"content": "x"}),
        ("POST", f"/channels/{thread}/messages", {"content": "x"}),
        ("POST", f"/channels/{room}/threads", {"name": "x", "type": 11}),
        ("POST", f"/channels/{room}/messages/{said}/threads", {"name": "x"}),
        ("PUT", f"/channels/{room}/messages/{said}/reactions/%F0%9F%91%8D/@me", None),
        ("POST", f"/channels/{room}/invites", {}),
        ("POST", f"/channels/{room}/typing", None),
        ("PATCH", f"/guilds/{guild}/members/@me", {"nick": "x"}),
    ]
    for method, path, body in refused:
        answer = await agora.request(method, API + path, ben, json=body)
        assert (answer.status, answer.json["code"]) == (403, 50013), f"{method} {path}"
    assert (await agora.request("GET", f"{API}/channels/{room}/messages", ben)).status == 200
