"""The words inside files are found; files that lie are survived."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import pytest
from sqlalchemy import text

from agora.domains.talk.files.model import Attached
from agora.domains.talk.files.reading import Reading, read_files
from agora.domains.talk.files.sniff import DOCX
from agora.domains.talk.files.work import ReadFiles
from agora.kernel.files import Files
from agora.kernel.jobs import Jobs
from tests.domains.talk.conftest import Room
from tests.domains.talk.files.samples import docx, paragraphs, pdf, png, send_files

BOMB = (
    '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    '<w:document xmlns:w="urn:w"><w:p><w:t>&c;</w:t></w:p></w:document>'
)


async def read(room: Room, content: bytes, kind: str) -> str:
    """What is read of a file of this type."""
    ref = await room.kit.app.get(Files).put(content)
    file = Attached(1, 1, 1, None, 1, 0, "a", ref.hash, ref.size, kind, None, None, None)
    return await room.kit.app.get(Reading).read(file)


async def found(room: Room, query: str) -> list[str]:
    """The ids of the messages that a search finds."""
    answer = await room.kit.request("GET", f"/api/agora/search?q={quote(query)}", room.ben)
    assert answer.status == 200, answer.text
    return [item["message"]["id"] for item in answer.json["items"]]


async def all_read(room: Room) -> None:
    """Wait until the queue of files to read is empty."""
    waiting = text("SELECT count(*) FROM kernel_job WHERE name = 'files.read'")
    room.kit.app.get(Jobs).poke()
    async with asyncio.timeout(60):
        while await room.kit.ctx().read(lambda tx: tx.execute(waiting).scalar_one()):
            await asyncio.sleep(0.02)


async def test_what_is_read(room: Room) -> None:
    assert await read(room, "été\nsum".encode(), "text/plain; charset=utf-8") == "été\nsum"
    assert await read(room, "été".encode("utf-16"), "text/plain; charset=utf-16") == "été"
    assert "The quarterly budget" in await read(room, pdf("The quarterly budget"), "application/pdf")
    document = await read(room, docx(paragraphs("First &amp; last", "Été")), DOCX)
    assert document == "First & last\nÉté\n"
    assert await read(room, png(), "image/png") == ""


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.4 and then nothing", "application/pdf"),
        (pdf("x")[:300], "application/pdf"),
        (b"\x00" * 1000, "application/pdf"),
        (docx(BOMB), DOCX),
        (docx("not xml at all <"), DOCX),
        (b"PK\x03\x04 no archive", DOCX),
    ],
)
async def test_files_that_lie(room: Room, content: bytes, kind: str) -> None:
    assert await read(room, content, kind) == ""


async def test_a_zip_bomb_ends_at_the_limit(room: Room) -> None:
    """20 MB of text in 20 KB: what is read stays within ``text_kib``, and the rest is never unpacked."""
    bomb = docx(paragraphs("boom " * (4 << 20)))
    assert len(bomb) < 1 << 20
    words = await read(room, bomb, DOCX)
    assert 0 < len(words) <= 256 << 10


async def test_words_in_files_are_found(room: Room) -> None:
    plain = await send_files(room, ("minutes.txt", "Réunion du jeudi: budget accepté".encode()), content="see here")
    paper = await send_files(room, ("paper.pdf", pdf("Photosynthesis in shade")))
    letter = await send_files(room, ("letter.docx", docx(paragraphs("Dear Mister Quatermain"))), content="a letter")
    await all_read(room)
    assert await found(room, "reunion") == [plain["id"]]
    assert await found(room, "photosynthesis") == [paper["id"]]
    assert await found(room, "quatermain letter") == [letter["id"]]
    assert await found(room, "minutes.txt") == [plain["id"]]
    assert set(await found(room, "has:file")) == {plain["id"], paper["id"], letter["id"]}
    assert await found(room, "has:file budget") == [plain["id"]]
    answer = await room.kit.request("GET", "/api/agora/search?q=photosynthesis", room.ben)
    assert "<mark>Photosynthesis</mark> in shade" in answer.json["items"][0]["snippet"]
    guild = await room.kit.request("GET", f"/api/v10/guilds/{room.guild}/messages/search?content=quatermain&has=file", room.ada)
    assert guild.json["messages"][0][0]["attachments"][0]["filename"] == "letter.docx"
    hidden = await room.kit.request("GET", "/api/agora/search?q=photosynthesis", room.eve)
    assert hidden.json["items"] == []


async def test_edits_and_deletions_reach_the_index(room: Room) -> None:
    message = await send_files(room, ("a.txt", b"walnut"), ("b.txt", b"hazelnut"), content="nuts")
    await all_read(room)
    path = f"{room.path}/{message['id']}"
    keep = {"attachments": [{"id": message["attachments"][1]["id"]}]}
    assert (await room.kit.request("PATCH", path, room.ada, json=keep)).status == 200
    await all_read(room)
    assert await found(room, "walnut") == []
    assert await found(room, "hazelnut") == [message["id"]]
    await room.kit.request("PATCH", path, room.ada, json={"content": "seeds"})
    assert await found(room, "seeds hazelnut") == [message["id"]] and await found(room, "nuts") == []
    await room.kit.request("PATCH", path, room.ada, json={"attachments": []})
    await all_read(room)
    assert await found(room, "hazelnut") == [] and await found(room, "has:file") == []
    assert await found(room, "seeds") == [message["id"]]


async def test_the_index_stays_whole(room: Room) -> None:
    """FTS5's own check: what is indexed is, word for word, what the view says (https://sqlite.org/fts5.html#the_integrity_check_command)."""
    kept = await send_files(room, ("a.txt", b"alpha"), content="one")
    gone = await send_files(room, ("b.txt", b"beta"), content="two")
    late = await send_files(room, ("c.txt", b"gamma"))
    await all_read(room)
    await room.kit.request("PATCH", f"{room.path}/{kept['id']}", room.ada, json={"content": "changed"})
    await room.kit.request("DELETE", f"{room.path}/{gone['id']}", room.ada)
    await room.kit.request("POST", f"{room.path}/bulk-delete", room.ada, json={"messages": [late["id"], kept["id"]]})
    await send_files(room, ("d.txt", b"delta"), content="three")
    await all_read(room)
    await read_files(room.kit.ctx(), ReadFiles(int(gone["id"])))  # a job that comes after the deletion
    check = text("INSERT INTO messages_fts(messages_fts, rank) VALUES ('integrity-check', 1)")
    await room.kit.ctx().write(lambda tx: tx.execute(check))
    left = await room.kit.ctx().read(lambda tx: tx.execute(text("SELECT count(*) FROM messages_file_text")).scalar_one())
    assert left == 1
