"""Coming back after a broken connection, a restart, a kill -9: who resumes has the same stream as who stayed."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agora.gateway import gateway as gateway_module
from agora.gateway import replay as replay_module
from agora.gateway.limits import RESUME_S, RING
from agora.gateway.outgoing import Introduction
from agora.kernel.bus import Whisper
from agora.kernel.events import to_channel, to_guild
from agora.protocol.intents import Intent
from agora.protocol.opcodes import Op
from tests.gateway.world import GUILD, PRIVATE, ROOM, SECRET, Joined, RightsChanged, Town, World, open_town, small_world
from tests.kit.gateway import GatewayClient

INVALID = "invalid session"


async def resumed(client: GatewayClient, token: str, session_id: str, seq: int | None) -> str:
    """Resume and wait for the outcome: ``RESUMED`` or ``INVALID``."""
    await client.resume(token, session_id, seq)

    def refused() -> bool:
        return any(p["op"] == Op.INVALID_SESSION for p in client.others)

    await client.until(lambda: refused() or bool(client.named("RESUMED")), "neither resumed nor refused")
    return INVALID if refused() else "RESUMED"


def texts(client: GatewayClient) -> list[str]:
    """What was said."""
    return [d["text"] for d in client.named("MESSAGE_CREATE")]


async def parted(town: Town, session_id: str) -> None:
    """Wait until the server knows that the client is gone."""
    session = town.gateway.registry.find(session_id)
    async with asyncio.timeout(5):
        while session is not None and session.connection is not None:
            await asyncio.sleep(0.005)


async def test_a_broken_connection_is_resumed_without_a_gap(town: Town) -> None:
    async with town.client() as client:
        await client.identify("t1")
        await town.say("one")
        await client.wait_for("MESSAGE_CREATE")
        session_id, seq = client.session_id, client.seq
        client.abort()
        await parted(town, session_id)
    await town.say("two")
    await town.say("three", SECRET)
    async with town.client("zlib-stream") as again:
        assert await resumed(again, "t1", session_id, seq) == "RESUMED"
        await town.say("four")
        await again.wait_for("MESSAGE_CREATE", lambda d: d["text"] == "four")
        assert texts(again) == ["two", "three", "four"]
        assert [p["s"] for p in again.dispatches] == list(range(seq + 1, seq + 5))
        assert [p["t"] for p in again.dispatches] == ["MESSAGE_CREATE"] * 2 + ["RESUMED", "MESSAGE_CREATE"]


async def test_resuming_while_the_old_connection_is_still_there_takes_it_over(town: Town) -> None:
    async with town.client() as old, town.client() as new:
        await old.identify("t1")
        assert await resumed(new, "t1", old.session_id, old.seq) == "RESUMED"
        assert await old.closed() == 4000
        await town.say("here")
        await new.wait_for("MESSAGE_CREATE")


async def test_what_cannot_be_resumed_is_an_invalid_session(town: Town) -> None:
    async with town.client() as owner, town.client() as thief, town.client() as unknown:
        await owner.identify("t1")
        assert await resumed(thief, "t2", owner.session_id, 1) == INVALID
        assert await resumed(unknown, "t1", "0" * 32, 1) == INVALID
        await unknown.identify("t1")
        await owner.beat()


async def test_a_number_from_the_future_is_refused_once_and_then_invalid(town: Town) -> None:
    async with town.client() as client:
        await client.identify("t1")
        session_id = client.session_id
    async with town.client() as again:
        await again.resume("t1", session_id, 500)
        assert await again.closed() == 4007
    async with town.client() as again:
        assert await resumed(again, "t1", session_id, 500) == INVALID


async def test_a_session_nobody_comes_back_to_ends(town: Town) -> None:
    async with town.client() as client:
        await client.identify("t1")
        session_id = client.session_id
    await parted(town, session_id)
    town.gateway.sweep_once(town.gateway.loop.time() + RESUME_S + 1)
    assert len(town.gateway.registry) == 0
    async with town.client() as again:
        assert await resumed(again, "t1", session_id, 1) == INVALID


async def test_more_than_the_ring_holds_comes_from_the_ledger(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_module, "PAGE", 50)
    async with town.client() as client:
        await client.identify("t1")
        session_id, seq = client.session_id, client.seq
    await parted(town, session_id)
    count = RING + 200
    for start in range(0, count, 100):
        await asyncio.gather(*(town.say(str(n), ROOM if n % 3 else PRIVATE) for n in range(start, min(start + 100, count))))
    async with town.client("zstd-stream") as again:
        assert await resumed(again, "t1", session_id, seq) == "RESUMED"
        assert sorted(texts(again), key=int) == [str(n) for n in range(count)]
        assert [p["s"] for p in again.dispatches] == list(range(seq + 1, seq + count + 2))


async def test_at_shutdown_clients_are_asked_to_reconnect_and_resume_after_the_restart(tmp_path: Path) -> None:
    world = small_world()
    async with aiohttp.ClientSession() as http:
        async with open_town(tmp_path, world) as town:
            client = await GatewayClient(http, town.url).connect()
            await client.identify("t1")
            await town.say("before")
            await client.wait_for("MESSAGE_CREATE")
            session_id, seq = client.session_id, client.seq
        await client.until(lambda: client.close_code is not None)
        assert client.close_code == 4000
        assert client.others[-1]["op"] == Op.RECONNECT
        async with open_town(tmp_path, world) as town:
            await town.say("after")
            async with town.client() as again:
                assert await resumed(again, "t1", session_id, seq) == "RESUMED"
                assert texts(again) == ["after"]
                assert [p["s"] for p in again.dispatches] == [seq + 1, seq + 2]


@contextlib.asynccontextmanager
async def killed(town: Town, folder: Path) -> Any:
    """The server as it would come up had it been killed right now: on a copy of its files, with nothing said goodbye to."""
    shutil.copytree(town.app.data, folder)
    async with open_town(folder, town.world) as other:
        yield other


async def test_after_a_kill_a_client_gets_what_it_missed_before_and_after(town: Town, tmp_path: Path) -> None:
    async with town.client() as client:
        await client.identify("t1")
        await town.say("seen")
        await client.wait_for("MESSAGE_CREATE")
        session_id, seq = client.session_id, client.seq
        client.abort()
        await parted(town, session_id)
    await town.say("missed before the kill", SECRET)
    town.app.bus.whisper(Whisper("TYPING_START", b"{}", to_channel(ROOM)))
    await town.say("missed too")
    async with killed(town, tmp_path / "copy") as other:
        await other.say("missed after the kill")
        async with other.client() as again:
            assert await resumed(again, "t1", session_id, seq) == "RESUMED"
            assert texts(again) == ["missed before the kill", "missed too", "missed after the kill"]
            assert [p["s"] for p in again.dispatches] == list(range(seq + 1, seq + 5))


async def test_what_was_committed_but_not_told_when_the_kill_came_is_told(town: Town, tmp_path: Path) -> None:
    async with town.client() as client:
        await client.identify("t2")
        await town.say("told")
        await client.wait_for("MESSAGE_CREATE")
        session_id, seq = client.session_id, client.seq
        town.gateway._stopping = True  # the commit happens, the publishing does not
        await town.say("committed only")
        await town.say("not for two", SECRET)
        async with killed(town, tmp_path / "copy") as other, other.client() as again:
            assert await resumed(again, "t2", session_id, seq) == "RESUMED"
            assert texts(again) == ["committed only"]


async def test_after_a_kill_what_cannot_be_told_exactly_is_refused(town: Town, tmp_path: Path) -> None:
    async with town.client() as client:
        await client.identify("t2")
        session_id, seq = client.session_id, client.seq
        client.abort()
        await parted(town, session_id)
    town.world.channels[SECRET][1].add(2)
    await town.happen(RightsChanged(), to_guild(GUILD))
    async with killed(town, tmp_path / "copy") as other, other.client() as again:
        assert await resumed(again, "t2", session_id, seq) == INVALID
    async with town.client() as again:  # without the kill, memory has it
        assert await resumed(again, "t2", session_id, seq) == "RESUMED"
        assert again.named("CHANNEL_CREATE")


async def test_a_slow_client_is_cut_off_and_loses_nothing(town: Town) -> None:
    async with town.client() as fast, town.client() as slow:
        await fast.identify("t1")
        await slow.identify("t1")
        slow.stop_reading()
        big = "x" * 60_000
        sent = 0
        while town.gateway.flusher.dropped == 0:
            sent += 50
            assert sent < 5000, "the slow client was never cut off"
            await asyncio.gather(*(town.say(f"{sent - n}:{big}") for n in range(50)))
        await fast.until(lambda: len(fast.named("MESSAGE_CREATE")) == sent)
        session_id, seq = slow.session_id, slow.seq
        slow.abort()
    async with town.client() as again:
        assert await resumed(again, "t1", session_id, seq) == "RESUMED"
        assert texts(slow) + texts(again) == texts(fast)


ACTIONS = st.lists(
    st.sampled_from(["say", "say", "say", "secret", "private", "rights", "whisper", "join", "part", "resume", "kill"]),
    min_size=4,
    max_size=25,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(actions=ACTIONS)
def test_any_history_of_breaks_and_kills_gives_the_uninterrupted_stream(
    tmp_path_factory: pytest.TempPathFactory, actions: list[str]
) -> None:
    asyncio.run(_history(tmp_path_factory.mktemp("town"), actions))


class History:
    """A client that comes and goes, the stream it should have, and what it got."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.got: list[tuple[str, Any]] = []
        self.expected: list[tuple[str, Any]] = []
        self.client: GatewayClient | None = None
        self.session_id = ""
        self.seq = 0
        self.users = 10
        self.derived_missed = False


async def _history(folder: Path, actions: list[str]) -> None:
    history = History(small_world())
    async with contextlib.AsyncExitStack() as stack:
        town = await stack.enter_async_context(open_town(folder / "0", history.world))
        await _arrive(history, town, fresh=True)
        for number, action in enumerate([*actions, "resume"], 1):
            if action == "kill":
                await _leave(history, town)
                town = await stack.enter_async_context(killed(town, folder / str(number)))
            else:
                await _act(history, town, action, number)
        await town.say("end")
        history.expected.append(("MESSAGE_CREATE", "end"))
        assert history.client is not None
        await history.client.wait_for("MESSAGE_CREATE", lambda d: d["text"] == "end")
        await _leave(history, town)
    assert _without_whispers(history.got) == history.expected


def _without_whispers(stream: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [entry for entry in stream if entry[0] != "TYPING_START"]


async def _act(history: History, town: Town, action: str, number: int) -> None:
    world = history.world
    if action in ("say", "secret", "private"):
        channel = {"say": ROOM, "secret": SECRET, "private": PRIVATE}[action]
        if world.can_view(2, channel):
            history.expected.append(("MESSAGE_CREATE", str(number)))
        await town.say(str(number), channel)
    elif action == "rights":
        gained = 2 not in world.channels[SECRET][1]
        (world.channels[SECRET][1].add if gained else world.channels[SECRET][1].discard)(2)
        role, channel_news = ("GUILD_ROLE_UPDATE", "0"), ("CHANNEL_CREATE" if gained else "CHANNEL_DELETE", str(SECRET))
        history.expected += [channel_news, role] if gained else [role, channel_news]
        await town.happen(RightsChanged(), to_guild(GUILD))
    elif action == "join":
        history.users += 1
        world.guilds[GUILD].add(history.users)
        history.expected.append(("GUILD_MEMBER_ADD", str(history.users)))
        await town.happen(Joined(user_id=history.users), to_guild(GUILD))
    elif action == "whisper":
        town.app.bus.whisper(Whisper("TYPING_START", b'{"id":"1"}', to_channel(ROOM)))
    elif action == "part":
        await _leave(history, town)
    elif action == "resume" and history.client is None:
        await _arrive(history, town)


async def _leave(history: History, town: Town) -> None:
    client = history.client
    if client is None:
        return
    history.client = None
    history.seq = client.seq
    history.got += [_short(p) for p in client.dispatches if p["t"] not in ("READY", "GUILD_CREATE", "RESUMED")]
    numbers = [p["s"] for p in client.dispatches]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    client.abort()
    await parted(town, history.session_id)


def _short(payload: Any) -> tuple[str, Any]:
    data = payload["d"]
    return payload["t"], data.get("text") or data.get("user_id") or data.get("id")


async def _arrive(history: History, town: Town, fresh: bool = False) -> None:
    client = await GatewayClient(town.http, town.url).connect()
    if not fresh and await resumed(client, "t2", history.session_id, history.seq) == "RESUMED":
        history.client = client
        return
    # refused: allowed only when something that cannot be told again is missing, and then a fresh READY tells it
    missing = history.expected[len(_without_whispers(history.got)) :]
    assert fresh or any(name.startswith("CHANNEL_") for name, _ in missing) or _introduced(missing)
    await client.identify("t2")
    history.session_id = client.session_id
    history.got = list(history.expected)
    history.client = client


def _introduced(missing: list[tuple[str, Any]]) -> bool:
    """A join in between: after a kill, who was introduced to what is not known any more."""
    return any(name == "GUILD_MEMBER_ADD" for name, _ in missing)


async def test_who_left_in_the_middle_of_the_introduction_gets_the_rest(town: Town) -> None:
    async with town.client() as client:
        await client.identify("t1")
        session_id = client.session_id
        session = town.gateway.registry.find(session_id)
        assert session is not None
        for item in session.ring.since(0) or ():
            if isinstance(item, Introduction):
                item.pack()
    async with town.client() as again:
        assert await resumed(again, "t1", session_id, 1) == "RESUMED"
        assert [p["t"] for p in again.dispatches] == ["GUILD_CREATE", "RESUMED"]
        assert again.named("GUILD_CREATE") == client.named("GUILD_CREATE")


async def test_a_kill_in_the_middle_of_telling_an_event_tells_nobody_twice(town: Town, tmp_path: Path) -> None:
    async with town.client() as client:
        await client.identify("t1")
        session_id, seq = client.session_id, client.seq
        before = town.gateway.journal.processed
        await town.say("told to this one, and then came the kill")
        await client.wait_for("MESSAGE_CREATE")
        town.gateway.journal.processed = before
        async with killed(town, tmp_path / "copy") as other, other.client() as again:
            assert await resumed(again, "t1", session_id, seq) == "RESUMED"
            assert len(texts(again)) == 1


async def test_after_a_restart_what_is_only_whispered_is_told_anew(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_module, "REFRESH_S", 0.05)
    async with town.client() as client:
        await client.identify("t1", intents=int(Intent.GUILDS))
        session_id, seq = client.session_id, client.seq
    async with town.client() as again:
        assert await resumed(again, "t1", session_id, seq) == "RESUMED"
        await parted_later(town, again)
    async with killed(town, tmp_path / "copy") as other, other.client() as again:
        assert await resumed(again, "t1", session_id, again.seq or seq + 1) == "RESUMED"
        await again.wait_for("WEATHER")
        await again.beat()
        assert again.named("WEATHER") == [{"for": "1"}]


async def parted_later(town: Town, client: GatewayClient) -> None:
    """Without a restart nothing is told anew."""
    await asyncio.sleep(0.1)
    await client.beat()
    assert client.named("WEATHER") == []


async def test_connecting_again_and_again_does_not_fill_the_memory(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_module, "MAX_DETACHED", 3)
    ids = []
    for _ in range(6):
        async with town.client() as client:
            await client.identify("t1")
            ids.append(client.session_id)
        await parted(town, ids[-1])
    assert [town.gateway.registry.find(each) is not None for each in ids] == [False] * 3 + [True] * 3
