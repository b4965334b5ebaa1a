"""Addresses that end, ranges, and headers that let a browser do nothing but show."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from agora.kernel.clock import FrozenClock
from tests.domains.talk.conftest import Room
from tests.domains.talk.files.samples import fetch, pdf, png, send_files
from tests.kit.server import open_kit

CONTENT = bytes(range(256)) * 400


async def test_ranges(room: Room) -> None:
    url = (await send_files(room, ("a.bin", CONTENT)))["attachments"][0]["url"]
    whole = await fetch(room, url)
    assert whole.status == 200 and whole.body == CONTENT
    assert whole.headers["Accept-Ranges"] == "bytes"
    for asked, start, stop in (("bytes=0-9", 0, 10), ("bytes=102000-", 102_000, 102_400), ("bytes=-5", 102_395, 102_400)):
        part = await fetch(room, url, Range=asked)
        assert part.status == 206, asked
        assert part.body == CONTENT[start:stop]
        assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(CONTENT)}"
    for asked in ("bytes=102400-", "bytes=9-3", "pages=1-2", "bytes=0-1,5-6"):
        bad = await fetch(room, url, Range=asked)
        assert (bad.status, bad.headers["Content-Range"]) == (416, f"bytes */{len(CONTENT)}"), asked
    tag = whole.headers["ETag"]
    assert (await fetch(room, url, **{"If-None-Match": tag})).status == 304
    changed = await fetch(room, url, Range="bytes=0-9", **{"If-Range": '"another"'})
    assert changed.status == 200 and changed.body == CONTENT


async def test_an_empty_file(room: Room) -> None:
    file = (await send_files(room, ("empty.txt", b"")))["attachments"][0]
    assert file["size"] == 0
    answer = await fetch(room, file["url"])
    assert answer.status == 200 and answer.body == b""


@pytest.mark.parametrize(
    ("name", "content", "kind", "shown"),
    [
        ("a.png", png(), "image/png", True),
        ("a.txt", png(), "image/png", True),  # what it is, not what it is called
        ("a.png", b"<script>alert(1)</script>", "text/plain; charset=utf-8", True),
        ("a.html", b"<!doctype html><script>alert(1)</script>", "text/plain; charset=utf-8", True),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "text/plain; charset=utf-8", True),
        ("a.pdf", pdf("hi"), "application/octet-stream", False),
        ("a.exe", b"MZ\x90\x00\x03", "application/octet-stream", False),
        ("a.bin", b"\x00\x01", "application/octet-stream", False),
    ],
)
async def test_nothing_runs_in_a_browser(room: Room, name: str, content: bytes, kind: str, shown: bool) -> None:
    answer = await fetch(room, (await send_files(room, (name, content)))["attachments"][0]["url"])
    assert answer.body == content
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"] == f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{name}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


async def test_an_address_is_signed_and_ends(tmp_path: Path) -> None:
    clock = FrozenClock(1_770_000_000_000)
    async with open_kit(tmp_path / "data", clock=clock, flags={"files.link_hours": 2}) as kit:
        ada = await kit.person("ada")
        eve = await kit.person("eve")
        guild = await kit.guild(ada)
        room = Room(kit, ada, ada, eve, guild, await kit.channel(ada, guild))
        url = (await send_files(room, ("é a.txt", b"words")))["attachments"][0]["url"]
        query = parse_qs(urlsplit(url).query)
        assert int(query["is"][0], 16) <= clock.at_ms // 1000 < int(query["ex"][0], 16)
        assert (await fetch(room, url)).body == b"words"
        for wrong in (
            url.partition("?")[0],
            url.replace("hm=", "hm=0"),
            url.replace("ex=", "ex=f"),
            url.replace("a.txt", "b.txt"),
            url.replace("ex=" + query["ex"][0], "ex=-1"),
            url.replace("hm=" + query["hm"][0], "hm=%C3%A9"),
        ):
            assert (await fetch(room, wrong)).status == 404, wrong
        clock.advance(3 * 3_600_000 + 1)
        assert (await fetch(room, url)).status == 404
        refresh = "/api/v10/attachments/refresh-urls"
        answer = await kit.request("POST", refresh, ada, json={"attachment_urls": [url]})
        fresh = answer.json["refreshed_urls"][0]
        assert fresh["original"] == url
        assert (await fetch(room, fresh["refreshed"])).body == b"words"
        hidden = await kit.request("POST", refresh, eve, json={"attachment_urls": [url]})
        assert hidden.json["refreshed_urls"] == [{"original": url, "refreshed": None}]
        strange = await kit.request("POST", refresh, ada, json={"attachment_urls": ["https://elsewhere.example/a.png"]})
        assert strange.status == 400


async def test_the_address_that_others_use(tmp_path: Path) -> None:
    async with open_kit(tmp_path / "data", flags={"server.public_url": "https://agora.example/"}) as kit:
        ada = await kit.person("ada")
        guild = await kit.guild(ada)
        room = Room(kit, ada, ada, ada, guild, await kit.channel(ada, guild))
        url = (await send_files(room, ("a.txt", b"words")))["attachments"][0]["url"]
        assert url.startswith("https://agora.example/attachments/")


async def test_a_restart_changes_nothing(tmp_path: Path) -> None:
    async with open_kit(tmp_path / "data") as kit:
        ada = await kit.person("ada")
        guild = await kit.guild(ada)
        room = Room(kit, ada, ada, ada, guild, await kit.channel(ada, guild))
        path = (await send_files(room, ("a.txt", b"words")))["attachments"][0]["url"].removeprefix(kit.url)
    async with open_kit(tmp_path / "data") as kit:
        assert (await kit.request("GET", path)).body == b"words"
