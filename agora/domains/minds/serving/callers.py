"""Who may use Ollama's interface: whoever has a token and, where the settings allow it, programs on this machine without."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web

from agora.domains.minds.serving.settings import ServingSettings
from agora.kernel.errors import Unauthorized
from agora.kernel.http import Request

_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]", "::1")


def check_caller(request: Request) -> None:
    """Raises Unauthorized with what to do."""
    if request.ctx.actor.via != "anonymous":
        return
    if "Authorization" in request.http.headers:
        raise Unauthorized("The token is not valid; `agora user token NAME` prints one.")
    if request.ctx.app.config.get(ServingSettings).open_on_loopback and is_local(request.http):
        return
    raise Unauthorized(
        "This needs a token of this server (Authorization: Bearer TOKEN; `agora user token NAME` prints one). For programs on "
        "the server's own machine the owner may open it with [serving] open_on_loopback = true."
    )


def is_local(request: web.BaseRequest) -> bool:
    """A program on this machine calls directly: no proxy passes it on, and no web page, from wherever, has made a browser do it."""
    headers = request.headers
    if not _is_loopback(request.remote) or "X-Forwarded-For" in headers or "Forwarded" in headers:
        return False
    if (urlsplit(f"//{request.host}").hostname or "") not in _LOCAL_NAMES:  # a name that somebody pointed here
        return False
    return "Origin" not in headers and headers.get("Sec-Fetch-Site", "none") == "none"


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
