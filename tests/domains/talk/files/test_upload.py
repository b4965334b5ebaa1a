"""Files on messages: sending, editing, deleting, who may, how much."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from agora.domains.talk.files.jobs import sweep
from agora.kernel.clock import FrozenClock
from agora.kernel.files import Files
from tests.domains.talk.conftest import Room
from tests.domains.talk.files.samples import fetch, form, png, send_files, send_form, upload
from tests.domains.talk.shapes import check_shape
from tests.kit.server import open_kit


async def test_a_message_with_files(room: Room) -> None:
    payload = {"content": "look", "attachments": [{"id": 1, "description": "A small picture"}]}
    body = upload(payload, ("notes.md", b"# Hi"), ("my cat.png", png()))
    room.kit.take_events()
    answer = await send_form(room, body, room.ben)
    assert answer.status == 200, answer.text
    assert room.kit.take_events() == ["MessageSent"]
    check_shape("MessageResponse", answer.json)
    notes, cat = answer.json["attachments"]
    assert (notes["filename"], notes["size"], notes["content_type"]) == ("notes.md", 4, "text/markdown; charset=utf-8")
    assert (cat["filename"], cat["content_type"], cat["width"], cat["height"]) == ("my_cat.png", "image/png", 2, 3)
    assert cat["description"] == "A small picture" and "width" not in notes and "description" not in notes
    assert (await fetch(room, cat["url"])).body == png()
    page = await room.kit.request("GET", room.path, room.ada)
    assert page.json[0]["attachments"] == answer.json["attachments"]


async def test_only_files_and_no_words(room: Room) -> None:
    message = await send_files(room, ("a.txt", b"a"))
    assert message["content"] == "" and len(message["attachments"]) == 1
    nothing = await send_form(room, upload({}), room.ada)
    assert nothing.status == 400 and nothing.json["code"] == 50006


async def test_plain_fields_as_curl_sends_them(room: Room) -> None:
    answer = await send_form(room, form(("content", None, b"hello"), ("file", "a.txt", b"A"), ("file", "b.txt", b"B")))
    assert answer.status == 200, answer.text
    assert answer.json["content"] == "hello"
    assert [each["filename"] for each in answer.json["attachments"]] == ["a.txt", "b.txt"]


async def test_a_repeated_nonce_stores_the_files_once(room: Room) -> None:
    first = await send_files(room, ("a.txt", b"a"), nonce="7")
    again = await send_files(room, ("a.txt", b"a"), nonce="7")
    assert again["id"] == first["id"] and again["attachments"][0]["id"] == first["attachments"][0]["id"]
    rows = await room.kit.ctx().read(lambda tx: tx.execute(text("SELECT count(*) FROM files_attachment")).scalar_one())
    assert rows == 1


async def test_an_answer_shows_the_files_of_the_message_before(room: Room) -> None:
    message = await send_files(room, ("a.txt", b"a"), content="first")
    reply = await room.say("second", message_reference={"message_id": message["id"]})
    shown: Any = reply["referenced_message"]
    assert shown["attachments"][0]["filename"] == "a.txt"


async def test_an_edit_keeps_removes_and_adds(room: Room) -> None:
    message = await send_files(room, ("a.txt", b"a"), ("b.txt", b"b"), content="two")
    keep, drop = message["attachments"]
    path = f"{room.path}/{message['id']}"
    payload = {"attachments": [{"id": keep["id"], "description": "kept"}, {"id": 0, "description": "new"}]}
    room.kit.take_events()
    answer = await send_form(room, upload(payload, ("c.txt", b"c")), path=path, method="PATCH")
    assert answer.status == 200, answer.text
    assert room.kit.take_events() == ["MessageEdited"]
    check_shape("MessageResponse", answer.json)
    assert [(each["filename"], each["description"]) for each in answer.json["attachments"]] == [("a.txt", "kept"), ("c.txt", "new")]
    assert answer.json["content"] == "two"
    assert (await fetch(room, drop["url"])).status == 404
    # words alone leave the files as they are
    answer = await room.kit.request("PATCH", path, room.ada, json={"content": "changed"})
    assert len(answer.json["attachments"]) == 2
    answer = await room.kit.request("PATCH", path, room.ada, json={"content": "", "attachments": []})
    assert answer.status == 400 and answer.json["code"] == 50006
    answer = await room.kit.request("PATCH", path, room.ada, json={"attachments": []})
    assert answer.json["attachments"] == [] and answer.json["content"] == "changed"
    answer = await room.kit.request("PATCH", path, room.ada, json={"attachments": [{"id": keep["id"]}]})
    assert answer.status == 400 and "ATTACHMENT_NOT_FOUND" in answer.text


async def test_others_may_not_change_the_files(room: Room) -> None:
    message = await send_files(room, ("a.txt", b"a"), person=room.ben, content="mine")
    path = f"{room.path}/{message['id']}"
    answer = await room.kit.request("PATCH", path, room.ada, json={"attachments": []})
    assert answer.status == 403 and answer.json["code"] == 50005
    answer = await send_form(room, upload({}, ("b.txt", b"b")), room.ada, path=path, method="PATCH")
    assert answer.status == 403 and answer.json["code"] == 50005


async def test_who_may_not_attach(room: Room) -> None:
    denied = [{"id": str(room.guild), "type": 0, "allow": "0", "deny": str(1 << 15)}]
    await room.kit.request("PATCH", f"/api/v10/channels/{room.channel}", room.ada, json={"permission_overwrites": denied})
    body = upload({"content": "x"}, ("a.txt", b"never stored"))
    answer = await send_form(room, body, room.ben)
    assert answer.status == 403 and answer.json["code"] == 50013
    assert room.kit.app.get(Files).find(hashlib.sha256(b"never stored").hexdigest()) is None
    outsider = await send_form(room, body, room.eve)
    assert outsider.status == 404 and outsider.json["code"] == 10003
    assert (await send_form(room, body, room.ada)).status == 200


@pytest.mark.parametrize(
    ("body", "status", "part"),
    [
        (b"no form at all", 400, "50109"),
        (form(("payload_json", None, b"{broken"), ("files[0]", "a.txt", b"a")), 400, "50109"),
        (form(("payload_json", None, b"\xff\xfe")), 400, "payload_json"),
        (upload({"attachments": [{"id": 4}]}, ("a.txt", b"a")), 400, "ATTACHMENT_NOT_FOUND"),
        (upload({"attachments": [{"id": "x"}]}, ("a.txt", b"a")), 400, "ATTACHMENT_NOT_FOUND"),
        (upload({"attachments": [{"id": 0, "description": "x" * 1025}]}, ("a.txt", b"a")), 400, "1024"),
        (form(("files[0]", "a.txt", b"a"), ("files[0]", "b.txt", b"b")), 400, "twice"),
        (upload({}, *((f"{number}.txt", b"x") for number in range(11))), 400, "10 or fewer"),
        (form(*((f"field{number}", None, b"x") for number in range(60))), 400, "too many parts"),
        (upload({}, ("huge.png", png(20_000, 20_000))), 400, "20000 × 20000 pixels"),
        (form(("payload_json", None, b"[" * (1 << 20) + b"[")), 413, "40005"),
    ],
)
async def test_what_is_refused(room: Room, body: bytes, status: int, part: str) -> None:
    answer = await send_form(room, body)
    assert answer.status == status, answer.text
    assert part in answer.text
    assert (await room.kit.request("GET", room.path, room.ada)).json == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\windows\\\\evil.exe", "evil.exe"),
        ("..", "unnamed"),
        (".htaccess", "htaccess"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("<script>.html", "script.html"),
        ("été à Paris 日本.txt", "été_à_Paris_日本.txt"),
        ("x" * 300 + ".txt", "x" * 146 + ".txt"),
        ("%2e%2e%2fa.txt", "2e2e2fa.txt"),
    ],
)
async def test_names_are_made_harmless(room: Room, given: str, kept: str) -> None:
    message = await send_files(room, (given, b"x"))
    assert message["attachments"][0]["filename"] == kept
    assert (await fetch(room, message["attachments"][0]["url"])).body == b"x"


async def test_spoilers(room: Room) -> None:
    answer = await send_form(room, upload({"attachments": [{"id": 0, "is_spoiler": True}]}, ("end.png", png())))
    assert answer.json["attachments"][0]["filename"] == "SPOILER_end.png"
    assert answer.json["attachments"][0]["flags"] == 1 << 3


async def test_sizes_and_quotas(tmp_path: Path) -> None:
    flags = {"files.attachment_mib": 1, "files.user_quota_mib": 1, "files.guild_quota_mib": 2}
    async with open_kit(tmp_path / "data", flags=flags) as kit:
        ada, ben, eve = [await kit.person(name) for name in ("ada", "ben", "eve")]
        guild = await kit.guild(ada, ben, eve)
        room = Room(kit, ada, ben, eve, guild, await kit.channel(ada, guild))
        large = await send_form(room, upload({}, ("large.bin", b"\x00" * ((1 << 20) + 1))))
        assert large.status == 413 and large.json["code"] == 40005 and "large.bin" in large.text
        some = b"\x01" * 700_000
        for person in (ada, ben):
            await send_files(room, ("a.bin", some), person=person)
        again = await send_form(room, upload({}, ("b.bin", some)), ada)
        assert again.status == 413 and "No room left" in again.text
        # the third has room, their community has not
        crowded = await send_form(room, upload({}, ("c.bin", some)), eve)
        assert crowded.status == 413 and "No room left" in crowded.text
        limits = (await kit.request("GET", "/api/agora/files/limits", ada)).json
        assert limits == {"max_size": 1 << 20, "max_files": 10, "used": 700_000, "quota": 1 << 20}
        newest = (await kit.request("GET", room.path, ada)).json[0]
        await kit.request("DELETE", f"{room.path}/{newest['id']}", ada)
        assert (await send_form(room, upload({}, ("c.bin", some)), eve)).status == 200


async def test_files_go_with_their_message_and_contents_are_collected(tmp_path: Path) -> None:
    clock = FrozenClock(1_770_000_000_000)
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        ada = await kit.person("ada")
        guild = await kit.guild(ada)
        room = Room(kit, ada, ada, ada, guild, await kit.channel(ada, guild))
        stored = kit.app.get(Files)
        avatar = "data:image/png;base64," + base64.b64encode(png(4, 4)).decode()
        assert (await kit.request("PATCH", "/api/v10/users/@me", ada, json={"avatar": avatar})).status == 200
        portrait = await send_files(room, ("me.png", png(4, 4)))
        shared, gone = await send_files(room, ("s.txt", b"shared")), await send_files(room, ("g.txt", b"gone"))
        await send_files(room, ("s2.txt", b"shared"))
        unsent = await send_form(room, upload({"content": "x" * 2001}, ("u.txt", b"unsent")))
        assert unsent.status == 400
        for message in (shared, gone, portrait):
            await kit.request("DELETE", f"{room.path}/{message['id']}", ada)
            assert (await fetch(room, message["attachments"][0]["url"])).status == 404
        names = {word: hashlib.sha256(word.encode()).hexdigest() for word in ("shared", "gone", "unsent")}
        await sweep(kit.ctx())
        assert [word for word, hash in names.items() if stored.find(hash)] == ["shared", "gone", "unsent"]
        clock.advance(3_600_001)
        await sweep(kit.ctx())
        assert [word for word, hash in names.items() if stored.find(hash)] == ["shared"]
        # the same content is Ada's picture, which is none of this domain's business
        assert stored.find(hashlib.sha256(png(4, 4)).hexdigest()) is not None
