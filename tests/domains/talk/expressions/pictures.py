"""Pictures for tests: the smallest files that are what they say."""

from __future__ import annotations

import base64
import struct
import zlib

from tests.domains.talk.files.samples import BOUNDARY, form, png

GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
JPEG = b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x10\x00\x10\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xff\xd9"


def webp(*, animated: bool) -> bytes:
    """A head with an extended chunk (RFC 9649, section 2.7): 16 times 16 pixels."""
    chunk = b"VP8X" + struct.pack("<I", 10) + bytes([2 if animated else 0, 0, 0, 0]) + b"\x0f\x00\x00\x0f\x00\x00"
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def apng() -> bytes:
    """A PNG with an animation chunk before its data."""
    content, mark = png(16, 16), b"IDAT"
    at = content.index(mark) - 4
    body = b"acTL" + struct.pack(">II", 1, 0)
    return content[:at] + struct.pack(">I", 8) + body + struct.pack(">I", zlib.crc32(body)) + content[at:]


def data_uri(content: bytes, kind: str = "image/png") -> str:
    """As Discord's clients send pictures."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


PICTURE = data_uri(png(16, 16))


FACE = png(16, 16)
HEADERS = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def sticker_form(name: str = "Hello", tags: str = "wave", description: str = "A face", content: bytes = FACE) -> bytes:
    """Discord's form."""
    texts = {"name": name, "tags": tags, "description": description}
    return form(*((field, None, text.encode()) for field, text in texts.items()), ("file", "face.png", content))
