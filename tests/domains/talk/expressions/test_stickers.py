"""Stickers of a community: who may make, change, see and send them, and what becomes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agora.domains.talk.expressions import sticker_writes
from agora.domains.talk.files.jobs import sweep
from agora.kernel.clock import FrozenClock
from agora.kernel.files import Files
from agora.protocol.permissions import Permission
from tests.domains.talk.conftest import Room
from tests.domains.talk.expressions.pictures import FACE, GIF, HEADERS, JPEG, apng, sticker_form
from tests.domains.talk.files.samples import form, png
from tests.domains.talk.shapes import check_shape
from tests.kit.server import Answer, Kit, Person, open_kit


def path(room: Room, sticker: dict[str, Any] | None = None) -> str:
    """The guild's stickers, or one of them."""
    return f"/api/v10/guilds/{room.guild}/stickers" + (f"/{sticker['id']}" if sticker else "")


async def post(kit: Kit, guild: int, person: Person, **fields: Any) -> Answer:
    """Send the form."""
    return await kit.request("POST", f"/api/v10/guilds/{guild}/stickers", person, data=sticker_form(**fields), headers=HEADERS)


async def make(room: Room, person: Person | None = None, **fields: Any) -> dict[str, Any]:
    """Make a sticker over HTTP."""
    answer = await post(room.kit, room.guild, person or room.ada, **fields)
    assert answer.status == 201, answer.text
    made: dict[str, Any] = answer.json
    return made


async def test_a_sticker_is_made_read_changed_and_deleted(room: Room) -> None:
    kit = room.kit
    kit.take_events()
    sticker = await make(room)
    assert kit.take_events() == ["StickerCreated"]
    check_shape("GuildStickerResponse", sticker)
    assert (sticker["name"], sticker["tags"], sticker["format_type"]) == ("Hello", "wave", 1)
    assert sticker["user"]["id"] == str(room.ada.id)
    listed = await kit.scenario("GET", path(room), room.ben, lacks=['"user"'])
    assert [each["id"] for each in listed.json] == [sticker["id"]]
    await kit.scenario("GET", path(room, sticker), room.ben, has=['"Hello"'])
    await kit.scenario("GET", f"/api/v10/stickers/{sticker['id']}", room.ben, has=['"Hello"'])
    await kit.scenario("GET", f"/api/v10/stickers/{sticker['id']}", room.eve, status=404, has=["10060"])
    body = {"name": "Bye", "description": None}
    changed = await kit.scenario("PATCH", path(room, sticker), room.ada, json=body, events=["StickerUpdated"])
    assert (changed.json["name"], changed.json["description"], changed.json["tags"]) == ("Bye", None, "wave")
    await kit.scenario("PATCH", path(room, sticker), room.ada, json=body, events=[])
    guild = await kit.request("GET", f"/api/v10/guilds/{room.guild}", room.ben)
    assert [each["name"] for each in guild.json["stickers"]] == ["Bye"]
    shown = await kit.request("GET", f"/stickers/{sticker['id']}.png")
    assert (shown.status, shown.body, shown.headers["Content-Type"]) == (200, FACE, "image/png")
    await kit.scenario("DELETE", path(room, sticker), room.ada, status=204, events=["StickerDeleted"])
    await kit.scenario("GET", path(room, sticker), room.ada, status=404, has=["10060"])
    assert (await kit.request("GET", f"/stickers/{sticker['id']}.png")).status == 404
    await kit.settle()
    log = (await kit.request("GET", f"/api/v10/guilds/{room.guild}/audit-logs", room.ada)).json
    check_shape("GuildAuditLogResponse", log)
    entries = [each for each in log["audit_log_entries"] if each["target_id"] == sticker["id"]]
    assert [each["action_type"] for each in entries] == [92, 91, 90]
    assert {change["key"] for change in entries[1]["changes"]} == {"name", "description"}


async def test_who_may(room: Room) -> None:
    kit, other = room.kit, await make(room)
    assert (await post(kit, room.guild, room.ben)).status == 403
    await kit.scenario("GET", path(room), room.eve, status=404, has=["10004"])
    bits = str(int(Permission.CREATE_GUILD_EXPRESSIONS))
    role = (await kit.request("POST", f"/api/v10/guilds/{room.guild}/roles", room.ada, json={"permissions": bits})).json
    await kit.request("PUT", f"/api/v10/guilds/{room.guild}/members/{room.ben.id}/roles/{role['id']}", room.ada)
    own = await make(room, room.ben, name="Mine")
    await kit.scenario("PATCH", path(room, own), room.ben, json={"tags": "x"}, events=["StickerUpdated"])
    await kit.scenario("PATCH", path(room, other), room.ben, json={"name": "Stolen"}, status=403, has=["50013"])
    await kit.scenario("DELETE", path(room, other), room.ben, status=403, has=["50013"])


@pytest.mark.parametrize(("content", "kind"), [(FACE, 1), (apng(), 2), (GIF, 4)])
async def test_the_kinds_of_files(room: Room, content: bytes, kind: int) -> None:
    assert (await make(room, content=content))["format_type"] == kind


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": "x"}, 400),
        ({"name": "x" * 31}, 400),
        ({"name": "a\nb"}, 400),
        ({"tags": ""}, 400),
        ({"tags": "x" * 201}, 400),
        ({"description": "x" * 101}, 400),
        ({"content": JPEG}, 400),
        ({"content": b"<svg/>"}, 400),
        ({"content": png(1025, 1)}, 400),
        ({"content": FACE + bytes(512 << 10)}, 413),
        ({"content": bytes(2 << 20)}, 413),
    ],
)
async def test_what_does_not_fit_is_refused(room: Room, fields: dict[str, Any], status: int) -> None:
    assert (await post(room.kit, room.guild, room.ada, **fields)).status == status
    assert (await room.kit.request("GET", path(room), room.ada)).json == []


async def test_a_form_without_a_file_and_plain_json(room: Room) -> None:
    without = form(("name", None, b"Hello"), ("tags", None, b"wave"))
    answer = await room.kit.request("POST", path(room), room.ada, data=without, headers=HEADERS)
    assert answer.status == 400
    await room.kit.scenario("POST", path(room), room.ada, json={"name": "Hello", "tags": "x"}, status=400)


async def test_there_is_an_end(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sticker_writes, "MAX_STICKERS", 1)
    await make(room)
    answer = await post(room.kit, room.guild, room.ada)
    assert (answer.status, answer.json["code"]) == (400, 30039)


async def test_a_message_of_stickers(room: Room) -> None:
    """Alone or with words; the name it had stays when it is deleted; it is found, and may be forwarded."""
    kit, sticker = room.kit, await make(room)
    sent = (await room.post({"sticker_ids": [sticker["id"]]}, room.ben)).json
    check_shape("MessageResponse", sent)
    assert sent["sticker_items"] == [{"id": sticker["id"], "name": "Hello", "format_type": 1}]
    edited = await kit.request("PATCH", f"{room.path}/{sent['id']}", room.ben, json={"content": ""})
    assert edited.json["sticker_items"] == sent["sticker_items"]
    await kit.settle()
    found = await kit.request("GET", f"/api/v10/guilds/{room.guild}/messages/search?has=sticker", room.ben)
    assert [each["id"] for group in found.json["messages"] for each in group] == [sent["id"]]
    reference = {"type": 1, "message_id": sent["id"], "channel_id": str(room.channel)}
    carried = (await room.post({"message_reference": reference}, room.ben)).json
    check_shape("MessageResponse", carried)
    assert carried["message_snapshots"][0]["message"]["sticker_items"] == sent["sticker_items"]
    await kit.request("DELETE", path(room, sticker), room.ada)
    again = (await kit.request("GET", f"{room.path}/{sent['id']}", room.ben)).json
    assert again["sticker_items"] == sent["sticker_items"]


async def test_stickers_that_cannot_be_sent(room: Room) -> None:
    """Unknown, of a community one is not in, too many; of another one only where that is allowed."""
    kit, sticker = room.kit, await make(room)
    for ids in (["5"], [sticker["id"], "5"]):
        answer = await room.post({"sticker_ids": ids})
        assert (answer.status, answer.json["code"]) == (400, 50081)
    assert (await room.post({"sticker_ids": ["x"]})).status == 400
    assert (await room.post({"sticker_ids": [sticker["id"]] * 4})).status == 400
    guild = await kit.guild(room.eve, room.ben)
    elsewhere = await kit.channel(room.eve, guild)
    messages = f"/api/v10/channels/{elsewhere}/messages"
    body = {"sticker_ids": [sticker["id"]]}
    await kit.scenario("POST", messages, room.eve, json=body, status=400, has=["50081"])
    await kit.scenario("POST", messages, room.ben, json=body, events=["MessageSent"])
    deny = {"type": 1, "allow": "0", "deny": str(int(Permission.USE_EXTERNAL_STICKERS))}
    await kit.request("PUT", f"/api/v10/channels/{elsewhere}/permissions/{room.ben.id}", room.eve, json=deny)
    await kit.scenario("POST", messages, room.ben, json=body, status=400, has=["50081"])
    direct = (await kit.request("POST", "/api/v10/users/@me/channels", room.ben, json={"recipient_id": str(room.eve.id)})).json
    await kit.scenario("POST", f"/api/v10/channels/{direct['id']}/messages", room.ben, json=body, events=["MessageSent"])


async def test_the_picture_goes_with_its_community_and_stays_over_a_restart(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_kit(tmp_path, clock=clock) as kit:
        ada = await kit.person("ada")
        guild = await kit.guild(ada)
        sticker = (await post(kit, guild, ada)).json
        clock.advance(7_200_000)
        await sweep(kit.ctx())
    async with open_kit(tmp_path, clock=clock) as kit:
        assert (await kit.request("GET", f"/api/v10/stickers/{sticker['id']}", ada)).json["name"] == "Hello"
        assert (await kit.request("GET", f"/stickers/{sticker['id']}.png")).status == 200
        [hash] = kit.app.get(Files).list_hashes()
        await kit.request("DELETE", f"/api/v10/guilds/{guild}", ada)
        clock.advance(7_200_000)
        await sweep(kit.ctx())
        assert kit.app.get(Files).find(hash) is None
