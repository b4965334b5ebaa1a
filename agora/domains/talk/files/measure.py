"""Width and height of images, read from their headers: nothing is decompressed, so no image can be a bomb here.

PNG (https://www.w3.org/TR/png/#11IHDR), GIF89a, JPEG (ITU T.81, B.2.2), WebP (RFC 9649), BMP, AVIF (``ispe`` box).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import BinaryIO

_MAX_SEGMENTS = 500  # of a JPEG; each may have 64 KiB
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # start-of-frame markers

Size = tuple[int, int]


def measure(file: BinaryIO, content_type: str) -> Size | None:
    """Pixels of an image of this type; None when its header does not tell."""
    reader = _READERS.get(content_type)
    if reader is None:
        return None
    try:
        size = reader(file)
    except (struct.error, IndexError):  # cut short
        return None
    return size if size is not None and size[0] > 0 and size[1] > 0 else None


def _png(file: BinaryIO) -> Size | None:
    head = file.read(24)
    return struct.unpack(">II", head[16:24]) if head[12:16] == b"IHDR" else None


def _gif(file: BinaryIO) -> Size:
    width, height = struct.unpack("<HH", file.read(10)[6:10])
    return width, height


def _bmp(file: BinaryIO) -> Size:
    width, height = struct.unpack("<ii", file.read(26)[18:26])
    return width, abs(height)


def _jpeg(file: BinaryIO) -> Size | None:
    file.seek(2)
    for _ in range(_MAX_SEGMENTS):
        marker, kind = struct.unpack(">BB", file.read(2))
        while kind == 0xFF:  # fill bytes
            kind = file.read(1)[0]
        if marker != 0xFF or kind in (0xD9, 0xDA):
            return None
        (length,) = struct.unpack(">H", file.read(2))
        if kind in _FRAMES:
            height, width = struct.unpack(">xHH", file.read(5))
            return width, height
        file.seek(length - 2, 1)
    return None


def _webp(file: BinaryIO) -> Size | None:
    head = file.read(30)
    kind = head[12:16] if len(head) == 30 else b""
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _avif(file: BinaryIO) -> Size | None:
    head = file.read(1 << 16)
    at = head.find(b"ispe")
    return None if at < 0 else struct.unpack(">II", head[at + 8 : at + 16])


_READERS: dict[str, Callable[[BinaryIO], Size | None]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/bmp": _bmp,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
    "image/avif": _avif,
}
