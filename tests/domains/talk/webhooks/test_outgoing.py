"""Outgoing webhooks: told in order, signed, again when it fails, and what becomes of what cannot be told."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from agora.domains.talk.webhooks.jobs import forget_dead
from agora.domains.talk.webhooks.target import is_listed
from agora.kernel.clock import FrozenClock
from tests.domains.talk.conftest import Room
from tests.kit.server import Kit, Person, open_kit


class Receiver:
    """A program that takes what it is told; ``answers`` are the statuses of its next answers, then 204."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.url = ""
        self._news = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        """Take one."""
        self.heard.append((dict(request.headers), await request.read()))
        self._news.set()
        return web.Response(status=self.answers.pop(0) if self.answers else 204)

    async def wait(self, number: int) -> None:
        """Until so many came."""
        async with asyncio.timeout(30):
            while len(self.heard) < number:
                self._news.clear()
                await self._news.wait()

    @property
    def bodies(self) -> list[Any]:
        """What they said."""
        return [msgspec.json.decode(body) for _, body in self.heard]


@contextlib.asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a free port of this machine."""
    receiver = Receiver()
    application = web.Application()
    application.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """One for a test."""
    async with receiving() as made:
        yield made


def flags(receiver: Receiver, **more: Any) -> dict[str, Any]:
    """A server whose operator lists the receiver, and that has little patience."""
    return {"webhooks.targets": [receiver.url], "webhooks.retry_s": 0.01, "webhooks.tries": 3, **more}


async def make_room(kit: Kit) -> Room:
    """As the fixture of the quarter makes it."""
    ada, ben, eve = [await kit.person(name) for name in ("ada", "ben", "eve")]
    guild = await kit.guild(ada, ben)
    return Room(kit, ada, ben, eve, guild, await kit.channel(ada, guild, "general"))


async def make_target(room: Room, receiver: Receiver, person: Person | None = None, **fields: Any) -> dict[str, Any]:
    """An outgoing webhook of the room's guild."""
    body = {"name": "Mirror", "url": receiver.url, **fields}
    answer = await room.kit.request("POST", targets(room), person or room.ada, json=body)
    assert answer.status == 200, answer.text
    made: dict[str, Any] = answer.json
    return made


def targets(room: Room) -> str:
    """Where they are managed."""
    return f"/api/agora/guilds/{room.guild}/webhook-targets"


async def shown(room: Room) -> Any:
    """The first of the list."""
    return (await room.kit.request("GET", targets(room), room.ada)).json["items"][0]


async def until(room: Room, **wanted: int) -> None:
    """Wait until its counts are these."""
    async with asyncio.timeout(30):
        while {key: (await shown(room))[key] for key in wanted} != wanted:
            await asyncio.sleep(0.01)


async def test_told_in_order_and_signed(tmp_path: Path, receiver: Receiver) -> None:
    async with open_kit(tmp_path / "data", flags=flags(receiver)) as kit:
        room = await make_room(kit)
        target = await make_target(room, receiver, events=["MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"])
        said = await room.say("first", room.ben)
        path = f"{room.path}/{said['id']}"
        await kit.request("PATCH", path, room.ben, json={"content": "changed"})
        await kit.request("DELETE", path, room.ben)
        await receiver.wait(3)
        assert [body["type"] for body in receiver.bodies] == ["MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"]
        created, changed, deleted = receiver.bodies
        assert (created["data"]["content"], changed["data"]["content"]) == ("first", "changed")
        assert deleted["data"] == {"id": said["id"], "channel_id": str(room.channel), "guild_id": str(room.guild)}
        assert created["guild_id"] == str(room.guild) and created["channel_id"] == str(room.channel)
        for headers, body in receiver.heard:
            message = headers["X-Agora-Timestamp"].encode() + b"." + body
            expected = hmac.new(target["secret"].encode(), message, hashlib.sha256).hexdigest()
            assert headers["X-Agora-Signature"] == f"sha256={expected}"
            assert headers["X-Agora-Delivery"] == msgspec.json.decode(body)["id"]
        await until(room, waiting=0, dead=0)


async def test_tried_again_in_order_then_laid_aside(tmp_path: Path, receiver: Receiver) -> None:
    async with open_kit(tmp_path / "data", flags=flags(receiver)) as kit:
        room = await make_room(kit)
        target = await make_target(room, receiver)
        receiver.answers = [500, 302, 204, 503, 503, 503]
        await room.say("one")
        await room.say("two")
        await room.say("three")
        await receiver.wait(7)
        words = [body["data"]["content"] for body in receiver.bodies]
        assert words == ["one", "one", "one", "two", "two", "two", "three"]
        assert len({headers["X-Agora-Delivery"] for headers, _ in receiver.heard}) == 3
        await until(room, waiting=0, dead=1)
        one = f"{targets(room)}/{target['id']}"
        letters = (await kit.request("GET", f"{one}/dead", room.ada)).json
        (letter,) = letters["items"]
        assert (letter["event"], letter["tries"], letter["error"]) == ("MESSAGE_CREATE", 3, "It answered 503 Service Unavailable")
        assert msgspec.json.decode(letter["body"])["data"]["content"] == "two"
        assert (await kit.request("POST", f"{one}/dead/retry", room.ada)).json == {"count": 1}
        await receiver.wait(8)
        assert receiver.bodies[-1]["data"]["content"] == "two"
        await until(room, waiting=0, dead=0)


async def test_what_waits_survives_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    """Nothing is lost when the receiver is away and the server stops."""
    async with open_kit(tmp_path / "data", flags=flags(receiver, **{"webhooks.retry_s": 3600.0})) as kit:
        room = await make_room(kit)
        await make_target(room, receiver)
        receiver.answers = [500]
        await room.say("one")
        await receiver.wait(1)
        await room.say("two")
        await kit.settle()
        await until(room, waiting=2)
    async with open_kit(tmp_path / "data", flags=flags(receiver)):
        await receiver.wait(3)
        assert [body["data"]["content"] for body in receiver.bodies] == ["one", "one", "two"]


async def test_what_is_not_told(tmp_path: Path, receiver: Receiver) -> None:
    """Other communities, direct messages, channels its maker does not see, other channels, webhooks' own words, while paused."""
    async with open_kit(tmp_path / "data", flags=flags(receiver)) as kit:
        room = await make_room(kit)
        keepers = {"name": "keepers", "permissions": str(1 << 29)}
        role = (await kit.request("POST", f"/api/v10/guilds/{room.guild}/roles", room.ada, json=keepers)).json["id"]
        await kit.request("PUT", f"/api/v10/guilds/{room.guild}/members/{room.ben.id}/roles/{role}", room.ada)
        await make_target(room, receiver, room.ben)
        other = await kit.channel(room.ada, room.guild, "other")
        await make_target(room, receiver, room.ben, channel_id=str(other))
        hide = [{"id": str(room.guild), "type": 0, "allow": "0", "deny": str(1 << 10)}]
        hidden = await kit.channel(room.ada, room.guild, "hidden", permission_overwrites=hide)
        elsewhere = await kit.channel(room.eve, await kit.guild(room.eve, name="Elsewhere"))
        recipient = {"recipient_id": str(room.ben.id)}
        direct = (await kit.request("POST", "/api/v10/users/@me/channels", room.ada, json=recipient)).json["id"]
        hook = (await kit.request("POST", f"/api/v10/channels/{room.channel}/webhooks", room.ada, json={"name": "x"})).json
        await kit.request("POST", f"/api/v10/webhooks/{hook['id']}/{hook['token']}", json={"content": "echo"})
        for person, channel in ((room.ada, hidden), (room.eve, elsewhere), (room.ada, direct)):
            sent = await kit.request("POST", f"/api/v10/channels/{channel}/messages", person, json={"content": "secret"})
            assert sent.status == 200
        first = await shown(room)
        await kit.request("PATCH", f"{targets(room)}/{first['id']}", room.ada, json={"paused": True})
        await room.say("while it rests")
        await kit.settle()
        await kit.request("PATCH", f"{targets(room)}/{first['id']}", room.ada, json={"paused": False})
        await room.say("told")
        await receiver.wait(1)
        await kit.settle()
        await until(room, waiting=0)
        assert [body["data"]["content"] for body in receiver.bodies] == ["told"]


async def test_only_listed_addresses(tmp_path: Path, receiver: Receiver) -> None:
    async with open_kit(tmp_path / "data", flags=flags(receiver)) as kit:
        room = await make_room(kit)
        for url in ("http://127.0.0.1:1/hook", "https://elsewhere.example/", "file:///etc/passwd", "nothing"):
            answer = await kit.request("POST", targets(room), room.ada, json={"name": "x", "url": url})
            assert answer.status == 400 and "webhooks" in answer.text, url
        await make_target(room, receiver)
    # the operator takes the address from the list: what waits is not sent there any more
    async with open_kit(tmp_path / "data", flags={"webhooks.targets": []}) as kit:
        await kit.request("POST", f"/api/v10/channels/{room.channel}/messages", room.ada, json={"content": "x"})
        room = Room(kit, room.ada, room.ben, room.eve, room.guild, room.channel)
        await kit.settle()
        await until(room, dead=1)
        assert receiver.heard == []


async def test_who_manages_them(tmp_path: Path, receiver: Receiver) -> None:
    async with open_kit(tmp_path / "data", flags=flags(receiver)) as kit:
        room = await make_room(kit)
        target = await make_target(room, receiver)
        one = f"{targets(room)}/{target['id']}"
        calls: list[tuple[str, str, Any]] = [
            ("POST", targets(room), {"name": "x", "url": receiver.url}),
            ("GET", targets(room), None),
            ("PATCH", one, {"paused": True}),
            ("DELETE", one, None),
            ("GET", f"{one}/dead", None),
            ("POST", f"{one}/dead/retry", {}),
            ("DELETE", f"{one}/dead", None),
        ]
        other_guild = await kit.guild(room.eve, name="Elsewhere")
        for method, path, body in calls:
            for person, status in ((room.ben, 403), (room.eve, 404)):
                answer = await kit.request(method, path, person, json=body)
                assert answer.status == status and target["secret"] not in answer.text
            if path != targets(room):
                foreign = path.replace(str(room.guild), str(other_guild))
                assert (await kit.request(method, foreign, room.eve, json=body)).status == 404
        renamed = await kit.scenario("PATCH", one, room.ada, json={"name": "New", "new_secret": True}, events=["TargetUpdated"])
        assert renamed.json["name"] == "New" and renamed.json["secret"] != target["secret"]
        await kit.scenario("DELETE", one, room.ada, status=204, events=["TargetDeleted"])
        await kit.settle()
        log = await kit.request("GET", f"/api/v10/guilds/{room.guild}/audit-logs", room.ada)
        acts = [entry["action_type"] for entry in log.json["audit_log_entries"] if 80 <= entry["action_type"] <= 82]
        assert sorted(acts) == [80, 81, 82]
        assert target["secret"] not in log.text and renamed.json["secret"] not in log.text


async def test_dead_letters_are_kept_for_a_while(tmp_path: Path, receiver: Receiver) -> None:
    clock = FrozenClock()
    async with open_kit(tmp_path / "data", flags=flags(receiver, **{"webhooks.keep_dead_d": 2}), clock=clock) as kit:
        room = await make_room(kit)
        await make_target(room, receiver)
        receiver.answers = [500] * 3
        await room.say("lost")
        await until(room, dead=1)
        clock.advance(86_400_000)
        await forget_dead(kit.ctx())
        assert (await shown(room))["dead"] == 1
        clock.advance(86_400_001)
        await forget_dead(kit.ctx())
        assert (await shown(room))["dead"] == 0


@pytest.mark.parametrize(
    ("url", "listed"),
    [
        ("http://inside/hooks", True),
        ("http://inside/hooks/a?b=c", True),
        ("http://inside/hooksx", False),
        ("http://inside/hooks/../admin", False),
        ("http://inside.example/hooks", False),
        ("http://inside:81/hooks", False),
        ("https://inside/hooks", False),
        ("http://user@inside/hooks", False),
        ("http://inside@elsewhere/hooks", False),
        ("http://other:9000/anything", True),
        ("http://other:9000", True),
        ("http://other:x/", False),
        ("http:///hooks", False),
    ],
)
def test_what_is_below_a_listed_address(url: str, listed: bool) -> None:
    assert is_listed(url, ("http://inside/hooks", "http://other:9000/")) is listed
