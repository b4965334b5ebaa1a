"""A status that is kept: on all devices, over a restart, with an end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agora.domains.talk.presence.sessions import on_opened
from agora.kernel.clock import FrozenClock, iso
from tests.domains.talk.conftest import Room
from tests.domains.talk.test_presence import Session, _bodies, whispers
from tests.kit.gateway import gateway_client
from tests.kit.server import Kit, Person, open_kit

__all__ = ["whispers"]
PATH = "/api/v10/users/@me/settings"
TEA = {"text": "Tea", "emoji_id": None, "emoji_name": "🍵", "expires_at": None}


async def put(kit: Kit, person: Person, body: dict[str, Any], status: int = 200) -> Any:
    answer = await kit.request("PATCH", PATH, person, json=body)
    assert answer.status == status, answer.text
    return answer.json


async def test_all_devices_and_everybody_hear_of_it(room: Room, whispers: list[Any]) -> None:
    app = room.kit.app
    assert (await room.kit.request("GET", PATH, room.ben)).json == {"status": "online", "custom_status": None}
    on_opened(app, Session("s1", room.ben.id), None)
    on_opened(app, Session("s2", room.ben.id), b'{"status":"idle","activities":[{"name":"Chess","type":0}]}')
    whispers.clear()
    answer = await room.kit.scenario("PATCH", PATH, room.ben, json={"custom_status": TEA}, events=["SettingsChanged"])
    assert answer.json == {"status": "online", "custom_status": TEA}
    (body,) = _bodies(whispers)
    (custom, game) = body["activities"]
    assert (body["status"], game) == ("idle", {"name": "Chess", "type": 0}), "a status that was not told stays as it was"
    assert custom.pop("created_at") > 10**12
    assert custom == {"id": "custom", "name": "Custom Status", "type": 4, "state": "Tea", "emoji": {"name": "🍵"}}
    await put(room.kit, room.ben, {"status": "dnd"})
    assert [(body["status"], len(body["activities"])) for body in _bodies(whispers)] == [("dnd", 2)]
    on_opened(app, Session("s3", room.ben.id), None)
    assert whispers == [], "one more device changes nothing for others"
    await put(room.kit, room.ben, {"status": "invisible"})
    assert [(body["status"], body["activities"]) for body in _bodies(whispers)] == [("offline", [])]
    await put(room.kit, room.ben, {"status": "online", "custom_status": None})
    assert [(body["status"], len(body["activities"])) for body in _bodies(whispers)] == [("online", 1)]


async def test_what_is_refused(room: Room) -> None:
    for body, key in (
        ({"status": "asleep"}, "status"),
        ({"custom_status": {"text": "x" * 129}}, "custom_status"),
        ({"custom_status": {"emoji_name": "tea"}}, "custom_status"),
        ({"custom_status": {"text": "x", "expires_at": "soon"}}, "custom_status"),
        ({"custom_status": {"emoji_id": "5"}}, "custom_status"),
    ):
        refused = await put(room.kit, room.ben, body, 400)
        assert (refused["code"], list(refused["errors"])) == (50035, [key]), refused
    assert (await put(room.kit, room.ben, {"custom_status": {"text": "   "}}))["custom_status"] is None
    assert (await room.kit.request("GET", PATH)).status == 401


async def test_it_outlives_a_restart(tmp_path: Path) -> None:
    async with open_kit(tmp_path / "data") as kit:
        ada, ben = await kit.person("ada"), await kit.person("ben")
        await kit.guild(ada, ben)
        await put(kit, ben, {"status": "dnd", "custom_status": TEA})
    async with (
        open_kit(tmp_path / "data") as kit,
        gateway_client(kit.session, kit.url) as mine,
        gateway_client(kit.session, kit.url) as theirs,
    ):
        await theirs.identify(ada.token)
        ready = await mine.identify(ben.token)
        assert ready["user_settings"] == {"status": "dnd", "custom_status": TEA}
        seen = await theirs.wait_for("PRESENCE_UPDATE", lambda d: d["user"]["id"] == str(ben.id))
        assert (seen["status"], seen["activities"][0]["state"]) == ("dnd", "Tea")


async def test_it_ends_by_itself(tmp_path: Path) -> None:
    """A timer asks the clock; here the clock stands still until it is told to go on."""
    clock = FrozenClock()
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        ben = await kit.person("ben")
        await kit.guild(ben)
        end = iso(clock.now_ms() + 50)
        kept = await put(kit, ben, {"custom_status": {"text": "Back soon", "expires_at": end}})
        assert kept["custom_status"] == {"text": "Back soon", "emoji_id": None, "emoji_name": None, "expires_at": end}
        async with gateway_client(kit.session, kit.url) as client:
            await client.identify(ben.token)
            clock.at_ms += 50
            await client.wait_for("PRESENCE_UPDATE", lambda d: d["activities"] == [])
        assert (await kit.request("GET", PATH, ben)).json["custom_status"] is None
