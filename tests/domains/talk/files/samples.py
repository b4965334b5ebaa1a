"""Small real files, made here, and Discord's upload form."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

import msgspec

from tests.domains.talk.conftest import Room
from tests.kit.server import Answer, Person

BOUNDARY = "sample-boundary"
Part = tuple[str, str | None, bytes]


def png(width: int = 2, height: int = 3) -> bytes:
    """An image of one colour; only its header counts when it is large."""
    rows = zlib.compress((b"\x00" + b"\x7f\x20\x60" * width) * height) if width * height < 10_000 else b""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pdf(text: str) -> bytes:
    """One page with one line."""
    stream = f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def docx(body: str | bytes) -> bytes:
    """A document whose body is this XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", body)
    return out.getvalue()


def paragraphs(*texts: str) -> str:
    """A body with these paragraphs."""
    lines = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)
    return f'<w:document xmlns:w="urn:w"><w:body>{lines}</w:body></w:document>'


def form(*parts: Part) -> bytes:
    """A multipart body: field, file name or None, content."""
    out = bytearray()
    for field, filename, content in parts:
        name = "" if filename is None else f'; filename="{filename}"'
        out += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"{name}\r\n\r\n'.encode() + content + b"\r\n"
    return bytes(out + f"--{BOUNDARY}--\r\n".encode())


def upload(payload: Any, *files: tuple[str, bytes]) -> bytes:
    """Discord's form: the JSON, then ``files[n]``."""
    parts: list[Part] = [("payload_json", None, msgspec.json.encode(payload))]
    parts += [(f"files[{number}]", name, content) for number, (name, content) in enumerate(files)]
    return form(*parts)


async def send_form(room: Room, body: bytes, person: Person | None = None, *, path: str = "", method: str = "POST") -> Answer:
    """Send such a body to the channel's messages."""
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return await room.kit.request(method, path or room.path, person or room.ada, data=body, headers=headers)


async def send_files(room: Room, *files: tuple[str, bytes], person: Person | None = None, **payload: Any) -> Any:
    """A message with files; returns the message object."""
    answer = await send_form(room, upload(payload, *files), person)
    assert answer.status == 200, answer.text
    return answer.json


async def fetch(room: Room, url: str, **headers: str) -> Answer:
    """Get an address of a file as anybody would, without a token."""
    assert url.startswith(room.kit.url + "/attachments/")
    return await room.kit.request("GET", url.removeprefix(room.kit.url), headers=headers)
