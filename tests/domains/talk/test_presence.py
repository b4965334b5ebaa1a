"""Presence and typing: whispers, never stored."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from agora.domains.talk.presence import Presences, Shown, set_presence
from agora.domains.talk.presence.sessions import list_presences, on_closed, on_opened, on_presence_update
from agora.kernel.bus import Whisper
from agora.kernel.errors import BadRequest
from agora.kernel.events import Reach
from agora.protocol.gateway_payloads import PresenceUpdate
from agora.protocol.intents import Intent
from tests.domains.talk.conftest import Room


class Session(msgspec.Struct):
    """A client's session as the gateway shows it."""

    session_id: str
    user_id: int
    intents: int = 0

    def send(self, name: str, payload: bytes) -> None:
        """Nothing is sent to single sessions here."""
        raise AssertionError(name)


@pytest.fixture
def whispers(room: Room) -> list[Whisper]:
    """What is whispered from now on."""
    heard: list[Whisper] = []
    room.kit.app.bus.on_whisper(heard.append)
    return heard


def _bodies(whispers: list[Whisper]) -> list[Any]:
    bodies = [msgspec.json.decode(whisper.body) for whisper in whispers]
    whispers.clear()
    return bodies


async def test_typing_is_whispered_and_not_stored(room: Room, whispers: list[Whisper]) -> None:
    path = f"/api/v10/channels/{room.channel}/typing"
    await room.kit.scenario("POST", path, room.ben, status=204, events=[])
    (whisper,) = whispers
    assert whisper.name == "TYPING_START"
    assert whisper.audience.reach == Reach.CHANNEL
    assert whisper.intent == Intent.GUILD_MESSAGE_TYPING
    (body,) = _bodies(whispers)
    assert body["user_id"] == str(room.ben.id)
    assert body["guild_id"] == str(room.guild)
    assert body["member"]["user"]["id"] == str(room.ben.id)
    assert body["timestamp"] < 10**11, "seconds, not milliseconds"
    await room.kit.scenario("POST", path, room.eve, status=404, has=['"code":10003'])
    assert whispers == []


async def test_sessions_make_presence(room: Room, whispers: list[Whisper]) -> None:
    app = room.kit.app
    session = Session("s1", room.ben.id)
    on_opened(app, session, b'{"status":"idle","since":0,"activities":[{"name":"Chess","type":0}],"afk":false}')
    (body,) = _bodies(whispers)
    assert (body["status"], body["guild_id"]) == ("idle", str(room.guild))
    assert body["activities"] == [{"name": "Chess", "type": 0}]
    on_opened(app, Session("s2", room.ben.id), None)
    assert whispers == [], "a second device changes nothing for others"
    await on_presence_update(room.kit.ctx(room.ben), session, PresenceUpdate(status="dnd"))
    assert [body["status"] for body in _bodies(whispers)] == ["dnd"]
    listed = await list_presences(room.kit.ctx(room.ada), room.guild)
    assert [(each.user["id"], each.status) for each in listed] == [(str(room.ben.id), "dnd")]
    await on_presence_update(room.kit.ctx(room.ben), session, PresenceUpdate(status="invisible"))
    assert [body["status"] for body in _bodies(whispers)] == ["offline"]
    assert await list_presences(room.kit.ctx(room.ada), room.guild) == []
    with pytest.raises(BadRequest):
        await on_presence_update(room.kit.ctx(room.ben), session, PresenceUpdate(status="asleep"))


async def test_a_short_break_is_not_told(room: Room, whispers: list[Whisper], monkeypatch: pytest.MonkeyPatch) -> None:
    from agora.domains.talk.presence.settings import PresenceSettings

    app = room.kit.app
    get = app.config.get
    monkeypatch.setattr(
        app.config, "get", lambda kind: PresenceSettings(offline_after_s=0.02) if kind is PresenceSettings else get(kind)
    )
    heard = asyncio.Event()
    session = Session("s1", room.ben.id)
    on_opened(app, session, None)
    assert [body["status"] for body in _bodies(whispers)] == ["online"]
    on_closed(app, session)
    on_opened(app, session, None)
    assert whispers == []
    app.bus.on_whisper(lambda whisper: heard.set())
    on_closed(app, session)
    await asyncio.wait_for(heard.wait(), 5)
    assert [body["status"] for body in _bodies(whispers)] == ["offline"]


async def test_agents_are_present_without_a_session(room: Room, whispers: list[Whisper]) -> None:
    app = room.kit.app
    set_presence(app, room.ben.id, "online")
    set_presence(app, room.ben.id, "online")
    set_presence(app, room.ben.id, "idle")
    set_presence(app, room.ben.id, "offline")
    assert [body["status"] for body in _bodies(whispers)] == ["online", "idle", "offline"]


def test_the_newest_wish_counts() -> None:
    presences = Presences()
    assert presences.put(1, "a", Shown("online"))
    assert presences.put(1, "b", Shown("dnd"))
    assert not presences.put(1, "a", Shown("dnd"))
    assert not presences.drop(1, "a")
    assert presences.shown(1).status == "dnd"
    assert presences.drop(1, "b")
    assert presences.online() == []
