"""What a file is, and how large its picture, from its first bytes."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.domains.talk.files.measure import _READERS, measure
from agora.domains.talk.files.names import MAX_NAME, clean_name
from agora.domains.talk.files.sniff import DOCX, sniff
from tests.domains.talk.files.samples import docx, pdf, png


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (png(), "a.txt", "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "a", "image/jpeg"),
        (b"GIF89a\x01\x00\x01\x00\x00", "a.png", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "a", "audio/wav"),
        (b"\x00\x00\x00\x1cftypavif", "a", "image/avif"),
        (b"\x00\x00\x00\x1cftypisom", "a", "video/mp4"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm", "a", "video/webm"),
        (b"OggS\x00\x02", "a", "audio/ogg"),
        (pdf("x"), "a.docx", "application/pdf"),
        (b"%PDF-1.4\nall of it is text", "a", "application/pdf"),
        (docx("<x/>"), "a.docx", DOCX),
        (docx("<x/>"), "a.zip", "application/zip"),
        (b"PK\x03\x04 something else", "a.docx", "application/zip"),
        (b"MZ\x90\x00\x03\x00", "a.png", "application/x-msdownload"),
        (b"MZ is how this sentence begins", "a.txt", "text/plain; charset=utf-8"),
        ("été".encode(), "a.csv", "text/csv; charset=utf-8"),
        ("été".encode()[:-1], "a.csv", "text/csv; charset=utf-8"),
        ("été".encode("utf-16"), "a.txt", "text/plain; charset=utf-16"),
        (b"\xe9t\xe9 in latin-1", "a.txt", "application/octet-stream"),
        (b"text\x00with nul", "a.txt", "application/octet-stream"),
        (b"", "a.png", "text/plain; charset=utf-8"),
    ],
)
def test_kinds(content: bytes, name: str, kind: str) -> None:
    assert sniff(content, name) == kind


def jpeg(width: int, height: int, *, before: int) -> bytes:
    """As much of a JPEG as tells its size, behind so many segments of 60,000 bytes."""
    segments = (b"\xff\xe1" + struct.pack(">H", 60_002) + b"\x00" * 60_000) * before
    return b"\xff\xd8" + segments + b"\xff\xff\xc2" + struct.pack(">HBHH", 11, 8, height, width) + b"\x01\x01\x11\x00"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image/png", png(640, 480)),
        ("image/gif", b"GIF89a" + struct.pack("<HH", 640, 480)),
        ("image/bmp", b"BM" + b"\x00" * 16 + struct.pack("<ii", 640, -480)),
        ("image/jpeg", jpeg(640, 480, before=0)),
        ("image/jpeg", jpeg(640, 480, before=5)),
        ("image/webp", b"RIFF____WEBPVP8X" + b"\x00" * 8 + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")),
        ("image/webp", b"RIFF____WEBPVP8L____\x2f" + (639 | 479 << 14).to_bytes(4, "little") + b"\x00" * 5),
        ("image/webp", b"RIFF____WEBPVP8 " + b"\x00" * 10 + struct.pack("<HH", 640, 480)),
        ("image/avif", b"\x00\x00\x00\x1cftypavif____ispe\x00\x00\x00\x00" + struct.pack(">II", 640, 480)),
    ],
)
def test_sizes(kind: str, content: bytes) -> None:
    assert measure(io.BytesIO(content), kind) == (640, 480)
    for cut in range(len(content) if len(content) < 200 else 0):
        assert measure(io.BytesIO(content[:cut]), kind) in (None, (640, 480))


@given(st.sampled_from(sorted(_READERS)), st.binary(max_size=200))
def test_no_bytes_break_the_reader(kind: str, content: bytes) -> None:
    size = measure(io.BytesIO(content), kind)
    assert size is None or min(size) > 0


@given(st.text(max_size=400))
def test_no_name_leaves_its_folder(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= MAX_NAME
    assert not set(cleaned) & set("/\\\x00\n\r\"'<>:|?*%; \u202e")
    assert not cleaned.startswith(".") and ".." not in cleaned
    assert clean_name(cleaned) == cleaned
