"""Pictures of accounts: stored by content, served at Discord's addresses."""

from __future__ import annotations

import asyncio
import base64
import binascii
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from agora.domains.place.accounts.avatars import DEFAULTS, draw_default
from agora.domains.place.accounts.users import Users
from agora.kernel.access import ANYONE
from agora.kernel.errors import NotFound, invalid
from agora.kernel.files import Files
from agora.kernel.http import Reply, Request, Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from agora.kernel.ctx import Ctx
    from agora.kernel.tx import Tx

MAX_BYTES = 2 << 20
# By their first bytes. SVG is not among them: it can carry scripts.
_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


class PictureOf(msgspec.Struct, frozen=True):
    """Offered by whoever has speakers without an account: ``find_picture(tx, id)`` gives the hash of one's picture."""

    find_picture: Callable[[Tx, int], str | None]


def image_type(content: bytes) -> str | None:
    """The media type of an image that browsers show, or None."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for sign, kind in _SIGNS if content.startswith(sign)), None)


def read_data_uri(text: str, field: str = "avatar") -> bytes:
    """The image in ``data:image/png;base64,…`` as Discord's clients send it. Raises BadRequest on ``field``."""
    head, comma, body = text.partition(",")
    if not comma or not head.startswith("data:image/") or not head.endswith(";base64"):
        raise invalid(field, "Must be a data URI of an image.", "IMAGE_INVALID")
    try:
        content = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise invalid(field, "The image is not valid base64.", "IMAGE_INVALID") from None
    check_picture(content, field)
    return content


def check_picture(content: bytes, field: str = "avatar") -> None:
    """Raises BadRequest on ``field`` unless it is an image of at most 2 MiB."""
    if image_type(content) is None:
        raise invalid(field, "Must be a PNG, JPEG, GIF or WebP image.", "IMAGE_INVALID")
    if len(content) > MAX_BYTES:
        raise invalid(field, f"The image may have at most {MAX_BYTES >> 20} MiB.", "IMAGE_FILE_SIZE_EXCEEDED")


async def store_picture(ctx: Ctx, content: bytes) -> str:
    """Store an image; returns its hash. Raises BadRequest, or Unavailable on a full disk."""
    check_picture(content)
    return (await ctx.app.get(Files).put(content)).hash


async def get_avatar(request: Request) -> Reply:
    """A user's picture. The address holds the hash, so it can be kept for ever."""
    hash = str(request.path["hash"])
    user = request.ctx.app.get(Users).get(request.id("user_id"))
    if user is None:
        await _check_other(request, hash)
    elif user.avatar != hash:
        raise NotFound("This picture does not exist.")
    content = await request.ctx.app.get(Files).read(hash)
    return Reply(content, content_type=image_type(content) or "application/octet-stream", headers=_FOREVER)


async def _check_other(request: Request, hash: str) -> None:
    """The picture may be that of a speaker without an account."""
    for other in request.ctx.app.offers(PictureOf):
        if await request.ctx.read(other.find_picture, request.id("user_id")) == hash:
            return
    raise NotFound("This picture does not exist.")


async def get_default(request: Request) -> Reply:
    """The picture of who has none, by number as Discord counts them."""
    number = str(request.path["number"])
    if not number.isascii() or not number.isdigit() or len(number) > 3:
        raise NotFound("This picture does not exist.")
    content = await asyncio.to_thread(_default, int(number) % DEFAULTS)
    return Reply(content, content_type="image/png", headers=_FOREVER)


_default = lru_cache(maxsize=DEFAULTS)(draw_default)

ROUTES = (
    Route(
        method="GET",
        path="/avatars/{user_id}/{hash}.png",
        handler=get_avatar,
        summary="The picture of a user.",
        access=ANYONE,
    ),
    Route(
        method="GET",
        path="/embed/avatars/{number}.png",
        handler=get_default,
        summary="The picture of a user without one.",
        access=ANYONE,
    ),
)
