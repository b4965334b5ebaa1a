"""Uploads that come before their message, as Discord's own clients send them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agora.domains.talk.files.jobs import sweep
from agora.kernel.clock import FrozenClock
from tests.domains.talk.conftest import Room
from tests.domains.talk.files.samples import fetch, png, send_form, upload
from tests.kit.server import Answer, Person, open_kit


async def announce(room: Room, *files: tuple[str, int], person: Person | None = None, status: int = 200) -> Any:
    """Announce files; returns the slots."""
    body = {"files": [{"id": str(number), "filename": name, "file_size": size} for number, (name, size) in enumerate(files)]}
    path = f"/api/v10/channels/{room.channel}/attachments"
    answer = await room.kit.request("POST", path, person or room.ada, json=body)
    assert answer.status == status, answer.text
    return answer.json["attachments"] if status == 200 else answer.json


async def put(room: Room, slot: dict[str, Any], content: bytes) -> Answer:
    """Put the content, without a token."""
    path = slot["upload_url"].removeprefix(room.kit.url)
    return await room.kit.request("PUT", path, data=content, headers={"Content-Type": "application/octet-stream"})


def named(slot: dict[str, Any], number: int = 0, **more: Any) -> dict[str, Any]:
    """The entry of ``attachments`` that means it."""
    return {"id": str(number), "filename": "a", "uploaded_filename": slot["upload_filename"], **more}


async def test_announced_put_and_sent(room: Room) -> None:
    picture, notes = await announce(room, ("my cat.png", 200), ("notes.txt", 5))
    assert (picture["id"], picture["upload_filename"].partition("/")[2]) == ("0", "my_cat.png")
    assert (await put(room, picture, png(20, 10))).status == 204
    assert (await put(room, notes, b"first")).status == 204
    assert (await put(room, notes, b"again")).status == 204
    entries = [named(picture, 0, filename="cat.png", description="A cat"), named(notes, 1, filename="notes.txt")]
    message = await room.say("two files", attachments=entries)
    shown: Any = message["attachments"]
    assert [(each["filename"], each.get("description")) for each in shown] == [("cat.png", "A cat"), ("notes.txt", None)]
    assert (shown[0]["width"], shown[0]["height"]) == (20, 10)
    assert (await fetch(room, shown[1]["url"])).body == b"again"
    # together with one that comes in the form itself
    (third,) = await announce(room, ("third.txt", 1))
    await put(room, third, b"3")
    both = await send_form(room, upload({"attachments": [named(third, 1, filename="third.txt")]}, ("here.txt", b"4")))
    assert [each["filename"] for each in both.json["attachments"]] == ["here.txt", "third.txt"]


async def test_what_is_refused(room: Room) -> None:
    (slot,) = await announce(room, ("a.txt", 1))
    empty = await room.post({"attachments": [named(slot)]})
    assert empty.status == 400 and "ATTACHMENT_NOT_FOUND" in empty.text
    await put(room, slot, b"a")
    for wrong in (named({"upload_filename": "7/a.txt"}), named({"upload_filename": "nothing"}), {**named(slot), "id": "x"}):
        assert (await room.post({"attachments": [wrong]})).status == 400
    theirs = await room.post({"attachments": [named(slot)]}, room.ben)
    assert theirs.status == 400
    elsewhere = await room.kit.channel(room.ada, room.guild, "elsewhere")
    path = f"/api/v10/channels/{elsewhere}/messages"
    assert (await room.kit.request("POST", path, room.ada, json={"attachments": [named(slot)]})).status == 400
    unsigned = {**slot, "upload_url": slot["upload_url"][:-1] + ("0" if slot["upload_url"][-1] != "0" else "1")}
    assert (await put(room, unsigned, b"x")).status == 404
    assert (await put(room, {"upload_url": f"{room.kit.url}/uploads/7"}, b"x")).status == 404
    await announce(room, ("a.txt", 1), person=room.eve, status=404)
    assert (await announce(room, ("large.bin", 26 << 20), status=413))["code"] == 40005
    await announce(room, *((f"{number}.txt", 1) for number in range(11)), status=400)


async def test_it_is_measured_when_it_comes_not_as_announced(tmp_path: Path) -> None:
    async with open_kit(tmp_path / "data", flags={"files.attachment_mib": 1, "files.user_quota_mib": 1}) as kit:
        ada = await kit.person("ada")
        guild = await kit.guild(ada)
        room = Room(kit, ada, ada, ada, guild, await kit.channel(ada, guild))
        (slot, huge) = await announce(room, ("a.bin", 1), ("b.png", 1))
        assert (await put(room, slot, b"\x00" * ((1 << 20) + 1))).status == 413
        assert (await put(room, huge, png(20_000, 20_000))).status == 400
        assert (await room.post({"attachments": [named(slot)]})).status == 400
        await announce(room, ("c.bin", 600_000), ("d.bin", 600_000), status=413)


async def test_what_is_never_sent_is_forgotten(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        ada = await kit.person("ada")
        guild = await kit.guild(ada)
        room = Room(kit, ada, ada, ada, guild, await kit.channel(ada, guild))
        (slot,) = await announce(room, ("a.txt", 1))
        await put(room, slot, b"a")
        clock.advance(3_600_001)
        await sweep(kit.ctx())
        assert (await room.post({"attachments": [named(slot)]})).status == 400
        assert (await put(room, slot, b"a")).status == 404
