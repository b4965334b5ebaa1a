"""Pictures of emojis and stickers: what is taken, and how it is served."""

from __future__ import annotations

import io

from agora.domains.place.accounts import image_type, read_data_uri
from agora.domains.talk.files import measure
from agora.kernel.errors import invalid
from agora.kernel.http import Reply

MAX_BYTES = 256 << 10  # Discord's limit
MAX_SIDE = 1024  # pixels; a small file may unpack to a huge picture
_ANIMATED_WEBP = 0x02  # of the flags of a VP8X chunk (RFC 9649, section 2.7)
# The same id never shows anything else; but what was deleted must not be seen for long.
KEPT = {
    "Cache-Control": "public, max-age=86400, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


def read_picture(text: str, field: str = "image") -> bytes:
    """The picture in a data URI. Raises BadRequest on ``field`` for what is no PNG, GIF, WebP or JPEG, or is too large."""
    content = read_data_uri(text, field)
    check_size(content, field)
    return content


def check_size(content: bytes, field: str = "image") -> None:
    """Raises BadRequest on ``field`` for what is no PNG, GIF, WebP or JPEG, or is too large."""
    if len(content) > MAX_BYTES:
        raise invalid(field, f"File cannot be larger than {MAX_BYTES >> 10} kb.", "BINARY_TYPE_MAX_SIZE")
    size = measure(io.BytesIO(content), image_type(content) or "")
    if size is None:
        raise invalid(field, "The image is cut short.", "IMAGE_INVALID")
    if max(size) > MAX_SIDE:
        raise invalid(field, f"The image may have at most {MAX_SIDE} pixels on each side.", "IMAGE_INVALID")


def is_animated_png(content: bytes) -> bool:
    """Whether a PNG has an animation chunk before its data (https://www.w3.org/TR/png/#acTL-chunk)."""
    head, data, _ = content.partition(b"IDAT")
    return bool(data) and b"acTL" in head


def is_animated(content: bytes) -> bool:
    """GIFs, which Discord always takes for animated, and WebP pictures that say so."""
    if content[:3] == b"GIF":
        return True
    return content[8:16] == b"WEBPVP8X" and bool(content[20] & _ANIMATED_WEBP)


def build_reply(content: bytes) -> Reply:
    """The picture as an answer that browsers keep for a day."""
    return Reply(content, content_type=image_type(content) or "application/octet-stream", headers=KEPT)
