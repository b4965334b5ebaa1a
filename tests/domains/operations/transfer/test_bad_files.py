"""Files that are damaged, lie or attack: one sentence with the place, and nothing else happens."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import msgspec
import pytest

from agora.domains.operations.transfer import archives
from agora.domains.operations.transfer.detect import open_source
from agora.domains.operations.transfer.records import Post, Problem, emoji, mention, plain, resolve
from agora.domains.operations.transfer.slack_text import find_emoji, from_slack
from agora.domains.operations.transfer.streams import CHUNK, JsonReader
from tests.domains.operations.transfer import samples
from tests.domains.operations.transfer.conftest import Brought

LIMIT = 1 << 30


def read(tmp_path: Path, content: bytes, limit: int = LIMIT) -> int:
    """Read a file to its end; how many posts there were."""
    path = tmp_path / "file"
    path.write_bytes(content)
    source = open_source(path, limit)
    try:
        return sum(isinstance(record, Post) for record in source.records())
    finally:
        source.close()


def one_zip(name: str, content: bytes = b"[]", **fields: int) -> bytes:
    """A zip with one more member than a Slack export needs."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for needed in ("users.json", "channels.json"):
            archive.writestr(needed, b"[]")
        entry = zipfile.ZipInfo(name)
        for field, value in fields.items():
            setattr(entry, field, value)
        archive.writestr(entry, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no export that is known"),
        (b"hello", "is no export that is known"),
        (b"\x00\x01\x02", "is no export that is known"),
        (b"{}", "has no guild before its messages"),
        (b'{"guild": {"id": "1", "name": "x"}, "messages": [', "has no channel before its messages"),
        (samples.discord()[:-40], "line 28"),
        (samples.discord().replace(b'"isPinned": false', b'"isPinned": fals', 1), "line"),
        (samples.discord().replace(b'"timestamp": "2020', b'"timestamp": "never', 1), "is no ISO 8601 time"),
        (samples.discord().replace(samples.message_id(0).encode(), b"not-an-id", 1), "is no id"),
        (samples.discord().replace(b"Bonjour", b"Bon\xffjour", 1), "it is not UTF-8"),
        (b'{"guild": ' + b"[" * 200_000, "it is nested too deeply"),
        (samples.mattermost().replace(b'"version":1', b'"version":7', 1), "line 1: the first line must be version 1"),
        (samples.mattermost().replace(b'"create_at"', b'"created"', 1), "line 7: create_at must be a number"),
        (samples.mattermost() + b"{nonsense}\n", "line 11, column 2"),
        (samples.mattermost() + b'{"type": 5}\n', "line 11: a line must be an object with its type"),
        (samples.zipped({"readme.txt": b"x"}), "is no export that is known"),
        (samples.discord_zip()[:200], "is no export that is known"),
        (one_zip("../../etc/passwd"), "leads out of the archive"),
        (one_zip("/etc/passwd"), "leads out of the archive"),
        (one_zip("a\\..\\..\\b"), "leads out of the archive"),
        (one_zip("C:/x"), "leads out of the archive"),
        (one_zip("link", b"/etc/passwd", external_attr=0o120777 << 16), "holds the link"),
        (one_zip("packed", b"x", compress_type=zipfile.ZIP_BZIP2), "packed in a way that is not read"),
    ],
)
def test_a_bad_file_is_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(Problem) as told:
        read(tmp_path, content)
    assert said in str(told.value)
    assert str(tmp_path) not in str(told.value)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="from almost nothing"):
        read(tmp_path, samples.zipped({"users.json": b"[]", "channels.json": b"[]", "bomb": bytes(archives.RATIO_FROM + 1)}))


def test_an_archive_may_not_unpack_to_more_than_the_setting(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="unpacks to more than 1 MiB"):
        read(tmp_path, samples.zipped({"users.json": b"[]", "channels.json": b"[]", "big": b"ab" * (1 << 20)}), 1 << 20)


def test_a_member_that_is_larger_than_it_says_is_cut_off(tmp_path: Path) -> None:
    content = bytearray(samples.zipped({"users.json": b"[]", "channels.json": b"[]", "x.png": b"ab" * 5000}))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)  # the size that the directory gives
    path = tmp_path / "file"
    path.write_bytes(content)
    archive = archives.Archive(path, LIMIT)
    with pytest.raises(Problem):
        b"".join(archive.chunks("x.png"))
    archive.close()


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("users.json", b"[]")
        archive.writestr("users.json", b"[]")
    with pytest.raises(Problem, match="twice"):
        read(tmp_path, out.getvalue())


def test_a_stream_is_read_across_its_chunks() -> None:
    items = [{"n": number, "text": "é\N{GRINNING FACE}" * (number % 50)} for number in range(20_000)]
    raw = msgspec.json.encode({"before": 12345, "items": items, "after": [1]})
    assert len(raw) > 5 * CHUNK
    found = {}
    for key, value in JsonReader(io.BytesIO(raw), "x").fields("items"):
        found[key] = list(value) if key == "items" else value
    assert found == {"before": 12345, "items": items, "after": [1]}


def test_an_item_larger_than_a_chunk_is_one_item() -> None:
    raw = msgspec.json.encode(["x" * (3 * CHUNK), 1])
    assert [len(str(item)) for item in JsonReader(io.BytesIO(raw), "x").items()] == [3 * CHUNK, 1]


@pytest.mark.parametrize(
    ("slack", "ours"),
    [
        ("*b* _i_ ~s~ `*code*`", "**b** _i_ ~~s~~ `*code*`"),
        ("2*3*4 a_b_c", "2*3*4 a_b_c"),
        ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
        ("<!channel> <!subteam^S1|@team>", "@everyone @team"),
        ("<mailto:a@b.c|a@b.c> <https://x.y>", "a@b.c https://x.y"),
        ("```<@U1> *x*```", f"```{mention('U1')} *x*```"),
        (":smile: :nothing-like-it:", "\N{SMILING FACE WITH OPEN MOUTH AND SMILING EYES} :nothing-like-it:"),
    ],
)
def test_slacks_markup(slack: str, ours: str) -> None:
    assert from_slack(slack) == ours


def test_short_names_of_emojis() -> None:
    assert find_emoji("+1::skin-tone-2") == samples.THUMB
    assert find_emoji("heart") in ("\u2764", "\u2764\ufe0f")
    assert find_emoji("partyparrot") is None


def test_nobody_forges_a_mention() -> None:
    forged = plain(f"hello {mention('U1')} {emoji('E1', 'wave')}")
    ours = resolve(forged, lambda key: f"<@{key}>", lambda key: f"<#{key}>", lambda key, name: f"<:{name}:{key}>")
    assert ours == "hello U1 E1/wave"


async def test_what_came_before_the_damage_stays_and_the_rest_comes_with_a_whole_file(bring: Brought) -> None:
    many = [samples.discord_message(number, samples.ANA, f"message {number}") for number in range(450)]
    whole = samples.discord(many)
    failed = await bring(whole[: len(whole) * 3 // 4])
    assert failed["state"] == "failed"
    assert "line" in failed["error"]
    done = await bring(whole)
    assert done["state"] == "done"
    assert 0 < done["report"]["known"] < 340
    assert done["report"]["known"] + done["report"]["messages"] == 450


async def test_a_room_that_the_file_never_told_of(bring: Brought) -> None:
    lines = [line for line in samples.mattermost_lines() if line["type"] != "channel"]
    failed = await bring(b"\n".join(msgspec.json.encode(line) for line in lines))
    assert failed["state"] == "failed"
    assert "line 5: the channel 'old/town' is not in the file" in failed["error"]


async def test_markup_and_names_of_strangers_do_no_harm(bring: Brought) -> None:
    evil = samples.discord_message(0, samples.ANA, "<script>alert(1)</script> @everyone")
    evil["author"] = {**evil["author"], "name": "<img src=x>", "nickname": "\u202eevil\x00" * 40}
    evil["attachments"] = [{"id": "1", "url": "../../../etc/passwd", "fileName": "../../x", "fileSizeBytes": 1}]
    done = await bring(samples.zipped({"a.json": samples.discord([evil], name="\x00\x01")}))
    assert done["state"] == "done", done
    assert done["report"]["left_out"] == {"file": 1}
    (room,) = [channel for name, channel in (await bring.channels(done["guild_id"])).items() if name == "channel"]
    (message,) = await bring.messages(room["id"])
    assert "<script" not in message["content_html"]
    assert message["mention_everyone"] is False
    assert message["author"]["username"] == "img_src_x"
    assert "\u202e" not in (message["author"]["global_name"] or "")
