"""The web server: aiohttp with every domain's routes, one error shape for what no route takes, and a staged stop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterable

from aiohttp import StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage

from agora.kernel.app import App
from agora.kernel.decode import Decoders
from agora.kernel.endpoint import Endpoint, Observe
from agora.kernel.errors import NotFound, SetupError
from agora.kernel.http import Route, encode
from agora.kernel.limits import Limits, LimitSettings
from agora.kernel.pages import ErrorPages
from agora.kernel.router import Router

# The largest body any route may ask for; each route has its own, smaller limit.
MAX_BODY = 1 << 30
SHUTDOWN_S = 3.0


class Web:
    """All routes, and the handler that finds one for each request."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._router: Router[Endpoint] = Router()

    def add(self, route: Route, endpoint: Endpoint) -> None:
        """Take a route. Raises SetupError when another has its method and path."""
        self._router.add(route.method, route.path, endpoint)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; what no route takes is answered in the one error shape."""
        path = request.rel_url.path_safe
        found = self._router.find(request.method, path)
        if found is None:
            return self._refuse(request, self._router.list_methods(path))
        endpoint, match = found
        try:
            return await endpoint.handle(request, match)
        except web.HTTPException as error:
            return error if error.status < 400 else _plain_error(self._app, request, error.status, error.reason)

    def _refuse(self, request: web.BaseRequest, methods: list[str]) -> web.Response:
        if not methods:
            return _plain_error(self._app, request, 404, "Not Found")
        refused = _plain_error(self._app, request, 405, "Method Not Allowed")
        refused.headers["Allow"] = ", ".join(methods)
        return refused


def build_web(app: App, routes: Iterable[Route], observe: Observe) -> Web:
    """All routes, ready to run. Two routes with one method and path are an error of the programmer."""
    limits = Limits(enabled=app.config.get(LimitSettings).rate_limits)
    decoders = Decoders()
    built = Web(app)
    for route in routes:
        built.add(route, Endpoint(app, route, decoders, limits, observe))
    return built


@contextlib.asynccontextmanager
async def running(built: Web) -> AsyncIterator[web.ServerRunner]:
    """Handle requests while the block runs; ``accepting`` opens the door."""
    loop = asyncio.get_running_loop()

    def make_request(
        message: RawRequestMessage,
        body: StreamReader,
        protocol: web.RequestHandler,
        writer: AbstractStreamWriter,
        task: asyncio.Task[None],
    ) -> web.BaseRequest:
        return web.BaseRequest(message, body, protocol, writer, task, loop, client_max_size=MAX_BODY)

    # aiohttp's server without its application: its router, middlewares and signals took a tenth of the time of a posted message
    server = web.Server(built.handle, request_factory=make_request, access_log=None)
    runner = web.ServerRunner(server, shutdown_timeout=SHUTDOWN_S, handle_signals=False)
    await runner.setup()
    try:
        yield runner
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def accepting(runner: web.BaseRunner, host: str, port: int) -> AsyncIterator[str]:
    """Accept connections while the block runs; gives the URL. Raises SetupError when the address cannot be used."""
    site = web.TCPSite(runner, host, port, backlog=2048, reuse_address=True)
    try:
        await site.start()
    except OSError as error:
        raise SetupError(
            f"Cannot listen on {host}:{port} ({error.strerror or error}): another program may use the port. "
            "Stop it, or choose another with --port."
        ) from error
    try:
        yield _url(runner, host)
    finally:
        await site.stop()


def _url(runner: web.BaseRunner, host: str) -> str:
    address = runner.addresses[0]
    shown = f"[{host}]" if ":" in host else host
    if host in ("0.0.0.0", "::"):
        shown = socket.gethostname()
    return f"http://{shown}:{address[1]}"


def _plain_error(app: App, request: web.BaseRequest, status: int, reason: str | None) -> web.Response:
    """What no route answers, in the one shape: a page for people, JSON for programs."""
    failure = NotFound(f"{status}: {reason}", status=status)
    pages = app.find(ErrorPages)
    if pages is not None and "text/html" in request.headers.get("Accept", "") and not request.path.startswith("/api/"):
        locale = "fr" if request.headers.get("Accept-Language", "").lower().startswith("fr") else "en"
        body = pages.render(locale, status, "There is nothing at this address.")
        return web.Response(body=body, status=status, content_type="text/html", charset="utf-8", headers=pages.headers)
    return web.Response(body=encode(failure.body()), status=status, content_type="application/json")
