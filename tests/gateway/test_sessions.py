"""Identify, heartbeat, who is told what, and how a connection ends."""

from __future__ import annotations

import asyncio
import json

import pytest

from agora.gateway.limits import HEARTBEAT_MS, MAX_PAYLOAD, PAYLOADS_PER_WINDOW, ZOMBIE_S
from agora.kernel.bus import Whisper
from agora.kernel.events import to_channel, to_guild, to_users
from agora.protocol.intents import Intent
from agora.protocol.opcodes import Op
from tests.gateway.world import (
    GUILD,
    PRIVATE,
    ROOM,
    SECRET,
    ChannelMade,
    Joined,
    Left,
    Renamed,
    RightsChanged,
    TokenEnded,
    Town,
)


@pytest.mark.parametrize("compress", ["", "zlib-stream", "zstd-stream"])
async def test_hello_ready_guild_and_message(town: Town, compress: str) -> None:
    async with town.client(compress) as client:
        assert client.others[0]["d"]["heartbeat_interval"] == HEARTBEAT_MS
        ready = await client.identify("t1", shard=[0, 1])
        assert ready["v"] == 10
        assert ready["user"]["id"] == "1"
        assert ready["shard"] == [0, 1]
        assert ready["guilds"] == [{"id": str(GUILD), "unavailable": True}]
        assert ready["resume_gateway_url"].startswith("ws://127.0.0.1:")
        assert ready["private_channels"] == []
        guild = client.named("GUILD_CREATE")[0]
        assert guild["name"] == "A guild"
        assert {c["id"] for c in guild["channels"]} == {str(ROOM), str(SECRET)}
        for number in range(30):
            await town.say(f"é{number}" * 50)
        await client.wait_for("MESSAGE_CREATE", lambda d: d["text"].startswith("é29"))
        assert [p["s"] for p in client.dispatches] == list(range(1, 33))


async def test_a_bot_prefix_is_accepted_and_a_wrong_token_is_not(town: Town) -> None:
    async with town.client() as client:
        assert (await client.identify("Bot t2"))["user"]["id"] == "2"
    async with town.client() as client:
        await client.send(Op.IDENTIFY, {"token": "wrong", "intents": 0, "properties": {}})
        assert await client.closed() == 4004


async def test_only_viewers_hear_and_intents_filter(town: Town) -> None:
    async with town.client() as all_seeing, town.client() as plain, town.client() as guildless:
        await all_seeing.identify("t1")
        await plain.identify("t2")
        await guildless.identify("t2", intents=int(Intent.DIRECT_MESSAGES))
        await town.say("for one", SECRET)
        await town.say("for all", ROOM)
        await town.say("for two", PRIVATE)
        for client in (all_seeing, plain, guildless):
            await client.wait_for("MESSAGE_CREATE", lambda d: d["text"] == "for two")
        assert [d["text"] for d in all_seeing.named("MESSAGE_CREATE")] == ["for one", "for all", "for two"]
        assert [d["text"] for d in plain.named("MESSAGE_CREATE")] == ["for all", "for two"]
        assert [d["text"] for d in guildless.named("MESSAGE_CREATE")] == ["for two"]


async def test_a_shard_hears_only_its_guilds(town: Town) -> None:
    async with town.client() as mine, town.client() as other:
        number = (GUILD >> 22) % 2
        await mine.identify("t1", shard=[number, 2])
        ready = await other.identify("t1", shard=[1 - number, 2])
        assert ready["guilds"] == []
        await town.say("hello")
        await mine.wait_for("MESSAGE_CREATE")
        await other.beat()
        assert other.named("MESSAGE_CREATE") == []


async def test_whispers_reach_their_audience_by_intent(town: Town) -> None:
    async with town.client() as typing, town.client() as deaf:
        await typing.identify("t1")
        await deaf.identify("t2", intents=int(Intent.GUILDS))
        whisper = Whisper("TYPING_START", b'{"user_id":"3"}', to_channel(ROOM), int(Intent.GUILD_MESSAGE_TYPING))
        town.app.bus.whisper(whisper)
        await typing.wait_for("TYPING_START")
        await deaf.beat()
        assert deaf.named("TYPING_START") == []


async def test_who_joins_is_introduced_before_anything_else_of_the_guild(town: Town) -> None:
    async with town.client() as newcomer, town.client() as member:
        await newcomer.identify("t4")
        await member.identify("t1")
        town.world.guilds[GUILD].add(4)
        town.world.channels[ROOM][1].add(4)
        first = asyncio.create_task(town.happen(Joined(user_id=4), to_guild(GUILD)))
        second = asyncio.create_task(town.say("welcome"))
        await asyncio.gather(first, second)
        await newcomer.wait_for("MESSAGE_CREATE")
        assert [p["t"] for p in newcomer.dispatches] == ["READY", "GUILD_CREATE", "MESSAGE_CREATE"]
        assert [c["id"] for c in newcomer.named("GUILD_CREATE")[0]["channels"]] == [str(ROOM)]
        await member.wait_for("GUILD_MEMBER_ADD")


async def test_who_leaves_is_told_and_hears_nothing_more(town: Town) -> None:
    async with town.client() as leaver, town.client() as member:
        await leaver.identify("t3")
        await member.identify("t1")
        town.world.guilds[GUILD].discard(3)
        town.world.channels[ROOM][1].discard(3)
        await town.happen(Left(user_id=3), to_guild(GUILD))
        await town.say("bye")
        await leaver.wait_for("GUILD_DELETE")
        await member.wait_for("MESSAGE_CREATE")
        await leaver.beat()
        assert leaver.named("MESSAGE_CREATE") == []
        assert leaver.named("GUILD_MEMBER_REMOVE") == []
        assert member.named("GUILD_DELETE") == []


async def test_gaining_and_losing_sight_of_a_channel(town: Town) -> None:
    async with town.client() as client:
        await client.identify("t2")
        town.world.channels[SECRET][1].add(2)
        town.world.channels[ROOM][1].discard(2)
        await town.happen(RightsChanged(), to_guild(GUILD))
        await client.wait_for("CHANNEL_DELETE", lambda d: d["id"] == str(ROOM))
        assert [p["t"] for p in client.dispatches[2:]] == ["CHANNEL_CREATE", "GUILD_ROLE_UPDATE", "CHANNEL_DELETE"]
        assert client.named("CHANNEL_CREATE")[0]["id"] == str(SECRET)
        await town.happen(RightsChanged(), to_guild(GUILD))
        await client.beat()
        assert len(client.named("CHANNEL_CREATE")) == 1


async def test_a_channel_that_was_announced_is_not_announced_again(town: Town) -> None:
    async with town.client() as client:
        await client.identify("t2")
        town.world.channels[ROOM + 9] = (GUILD, {1, 2})
        await town.happen(ChannelMade(), to_channel(ROOM + 9), channel_id=ROOM + 9)
        await town.happen(RightsChanged(), to_guild(GUILD))
        await client.wait_for("GUILD_ROLE_UPDATE")
        assert len(client.named("CHANNEL_CREATE")) == 1


async def test_one_event_may_become_several_dispatches(town: Town) -> None:
    town.world.guilds[GUILD + 64] = {1, 2}
    async with town.client() as client:
        await client.identify("t2")
        await town.happen(Renamed(user_id=1, name="new"), to_users(1))
        await client.until(lambda: len(client.named("GUILD_MEMBER_UPDATE")) == 2)


async def test_client_operations_are_answered_by_domains(town: Town) -> None:
    async with town.client() as client:
        await client.identify("t1")
        await client.send(Op.REQUEST_GUILD_MEMBERS, {"guild_id": str(GUILD), "query": "", "limit": 0, "nonce": "n"})
        chunk = await client.wait_for("GUILD_MEMBERS_CHUNK")
        assert chunk["nonce"] == "n"
        assert len(chunk["members"]) == 3


async def test_domains_are_told_who_is_there(town: Town) -> None:
    async with town.client() as client:
        await client.identify("t1", presence={"status": "idle"})
        await client.beat()
        assert [(user, json.loads(presence or b"null")) for user, presence in town.world.opened] == [(1, {"status": "idle"})]
        assert town.gateway.online() == frozenset({1})
        assert town.gateway.count(1) == 1
    await _until_left(town, [1])
    assert town.gateway.online() == frozenset()


async def _until_left(town: Town, users: list[int]) -> None:
    async with asyncio.timeout(5):
        while town.world.left != users:
            await asyncio.sleep(0.01)


async def test_a_revoked_credential_ends_its_connection_for_good(town: Town) -> None:
    async with town.client() as client, town.client() as other:
        await client.identify("t1")
        await other.identify("t2")
        await town.happen(TokenEnded(credential_id=1001), to_users(1))
        assert await client.closed() == 4004
        await other.beat()
        session_id = client.session_id
    async with town.client() as again:
        await again.resume("t1", session_id, 1)
        await again.until(lambda: any(p["op"] == Op.INVALID_SESSION and p["d"] is False for p in again.others))


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("{", 4002),
        ("[]", 4002),
        ('{"op": "1"}', 4002),
        ('{"op": 2, "d": {"token": 5}}', 4002),
        ('{"op": 2, "d": {"token": "t1", "intents": 0, "properties": {}, "x": "' + "x" * MAX_PAYLOAD + '"}}', 4002),
        ('{"op": 99, "d": null}', 4001),
        ('{"op": 0, "d": null}', 4001),
        ('{"op": 8, "d": {"guild_id": "1"}}', 4003),
        ('{"op": 2, "d": {"token": "t1", "intents": 1073741824, "properties": {}}}', 4013),
        ('{"op": 2, "d": {"token": "t1", "intents": -1, "properties": {}}}', 4013),
        ('{"op": 2, "d": {"token": "t1", "intents": 0, "properties": {}, "shard": [2, 2]}}', 4010),
        ('{"op": 6, "d": {"token": "nope", "session_id": "x", "seq": 1}}', 4004),
    ],
)
async def test_what_is_wrong_is_answered_with_its_close_code(town: Town, payload: str, code: int) -> None:
    async with town.client() as client:
        await client.ws.send_str(payload)
        assert await client.closed() == code
    async with town.client() as healthy:
        await healthy.identify("t1")


async def test_bytes_that_are_no_text_are_a_decode_error(town: Town) -> None:
    async with town.client() as client:
        await client.ws.send_bytes(b'{"op": 2, "d": {"token": "\xff\xfe", "intents": 0, "properties": {}}}')
        assert await client.closed() == 4002


async def test_a_huge_frame_is_cut_off(town: Town) -> None:
    async with town.client() as client:
        await client.ws.send_str("x" * 200_000)
        assert await client.closed() == 1009


async def test_identifying_twice_is_an_error(town: Town) -> None:
    async with town.client() as client:
        await client.identify("t1")
        await client.send(Op.IDENTIFY, {"token": "t1", "intents": 0, "properties": {}})
        assert await client.closed() == 4005


async def test_too_many_payloads_close_the_connection(town: Town) -> None:
    async with town.client() as client:
        await client.identify("t1")
        for _ in range(PAYLOADS_PER_WINDOW):
            await client.send(Op.HEARTBEAT, None)
        assert await client.closed() == 4008


@pytest.mark.parametrize(
    ("query", "code"),
    [("v=9&encoding=json", 4012), ("v=10&encoding=etf", 4002), ("v=10&encoding=json&compress=brotli", 4002)],
)
async def test_another_version_encoding_or_compression_is_refused(town: Town, query: str, code: int) -> None:
    ws = await town.http.ws_connect(f"{town.url}/gateway?{query}")
    await ws.receive()
    assert ws.close_code == code


async def test_a_plain_request_is_told_to_use_a_websocket(town: Town) -> None:
    async with town.http.get(f"{town.url}/gateway?v=10") as answer:
        assert answer.status == 400
        assert "WebSocket" in (await answer.json())["message"]


async def test_where_the_gateway_is(town: Town) -> None:
    expected = town.url.replace("http", "ws") + "/gateway"
    async with town.http.get(f"{town.url}/api/v10/gateway") as answer:
        assert await answer.json() == {"url": expected}
    async with town.http.get(f"{town.url}/api/v10/gateway/bot", headers={"Authorization": "Bot t1"}) as answer:
        body = await answer.json()
        assert body["shards"] == 1
        assert set(body["session_start_limit"]) == {"total", "remaining", "reset_after", "max_concurrency"}
    async with town.http.get(f"{town.url}/api/v10/gateway/bot") as answer:
        assert answer.status == 401


async def test_a_silent_connection_is_closed(town: Town) -> None:
    async with town.client() as beating, town.client() as silent, town.client() as stranger:
        await beating.identify("t1")
        await silent.identify("t2")
        late = town.gateway.loop.time() + ZOMBIE_S + 1
        for connection in town.gateway.connections:
            if connection.session is not None and connection.session.user_id == 1:
                connection.heard_at = late
        town.gateway.sweep_once(late)
        assert await silent.closed() == 4009
        assert await stranger.closed() == 4009
        await beating.beat()
