"""Routes as values: a handler, what it needs, what it takes and gives, and how often it may be called.

Discord's own conventions: ids as strings, one error shape, rate-limit headers
(https://discord.com/developers/docs/topics/rate-limits).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from agora.kernel.access import SIGNED_IN, Access
from agora.kernel.errors import AgoraError

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx


class Bucket(msgspec.Struct, frozen=True):
    """A rate-limit bucket: ``limit`` calls each ``per_s`` seconds, counted per user and per value of ``by`` (a path parameter)."""

    name: str
    limit: int
    per_s: float
    by: str = ""


DEFAULT_BUCKET = Bucket("default", 300, 10.0)


def discord_error(error: AgoraError) -> Any:
    """An error's body in Discord's shape."""
    return error.body()


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP route.

    ``path`` uses aiohttp's form; a parameter named ``…_id`` must be a snowflake and arrives as an int.
    ``body`` and ``query`` are Structs decoded and checked before the handler runs; ``answer`` documents the result.
    ``summary`` is one English sentence for the API description. ``html`` marks pages: errors are shown as a page.
    ``max_body`` is in bytes. ``raw`` leaves the body unread for the handler (uploads, WebSockets).
    ``error`` gives an error's JSON body, for routes in another program's shape.
    """

    method: str
    path: str
    handler: Callable[[Request], Awaitable[Any]]
    summary: str
    access: Access = SIGNED_IN
    body: Any = None
    query: Any = None
    answer: Any = None
    status: int = 200
    bucket: Bucket = DEFAULT_BUCKET
    html: bool = False
    raw: bool = False
    max_body: int = 1 << 20
    error: Callable[[AgoraError], Any] = discord_error


class Request(msgspec.Struct):
    """What a handler gets: the decoded parts, and ``http`` (aiohttp's request) for what has no value here."""

    ctx: Ctx
    path: dict[str, Any]
    query: Any
    body: Any
    http: web.BaseRequest

    def id(self, name: str) -> int:
        """A snowflake of the path."""
        value = self.path[name]
        assert isinstance(value, int)
        return value


class Reply(msgspec.Struct, frozen=True):
    """An answer with its own status, type or headers. ``body`` is bytes as they go out."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = {}
    cookies: tuple[Cookie, ...] = ()


class Cookie(msgspec.Struct, frozen=True):
    """A cookie to set: always HttpOnly and SameSite=Lax; Secure when the site is served over TLS. Empty value deletes it."""

    name: str
    value: str
    max_age_s: int = 0


def redirect(location: str, *cookies: Cookie) -> Reply:
    """303 See Other: the form was taken, look there."""
    return Reply(status=303, headers={"Location": location}, cookies=cookies, content_type="text/plain")


def html(text: str, status: int = 200, *cookies: Cookie) -> Reply:
    """A page made from a template."""
    return Reply(text.encode(), status, "text/html", cookies=cookies)


ENCODER = msgspec.json.Encoder()


def encode(value: Any) -> bytes:
    """JSON bytes; Structs, dicts and ``msgspec.Raw`` alike."""
    return ENCODER.encode(value)


Snowflake = str
"""An id on the wire: a string of digits. Turn it into an int with ``agora.kernel.ids.parse``."""
