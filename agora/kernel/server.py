"""The web server: aiohttp with every domain's routes, one error shape for what no route takes, and a staged stop."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator, Iterable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from agora.kernel.app import App
from agora.kernel.decode import Decoders
from agora.kernel.endpoint import Endpoint, Observe
from agora.kernel.errors import NotFound, SetupError
from agora.kernel.http import Route, encode
from agora.kernel.limits import Limits, LimitSettings
from agora.kernel.pages import ErrorPages

# The largest body any route may ask for; each route has its own, smaller limit.
MAX_BODY = 1 << 30
SHUTDOWN_S = 3.0


def build_web(app: App, routes: Iterable[Route], observe: Observe) -> web.Application:
    """aiohttp's application with all routes. Two routes with one method and path are an error of the programmer."""
    limits = Limits(enabled=app.config.get(LimitSettings).rate_limits)
    decoders = Decoders()
    application = web.Application(middlewares=[_unmatched(app)], client_max_size=MAX_BODY)
    seen: set[tuple[str, str]] = set()
    for route in sorted(routes, key=_fixed_first):
        key = (route.method, route.path)
        if key in seen:
            raise SetupError(f"Two routes answer {route.method} {route.path}.")
        seen.add(key)
        application.router.add_route(route.method, route.path, Endpoint(app, route, decoders, limits, observe).handle)
    return application


@contextlib.asynccontextmanager
async def running(application: web.Application) -> AsyncIterator[web.AppRunner]:
    """Handle requests while the block runs; ``accepting`` opens the door."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_S, handle_signals=False)
    await runner.setup()
    try:
        yield runner
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def accepting(runner: web.AppRunner, host: str, port: int) -> AsyncIterator[str]:
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


def _url(runner: web.AppRunner, host: str) -> str:
    address = runner.addresses[0]
    shown = f"[{host}]" if ":" in host else host
    if host in ("0.0.0.0", "::"):
        shown = socket.gethostname()
    return f"http://{shown}:{address[1]}"


def _fixed_first(route: Route) -> tuple[int, str]:
    """aiohttp takes the first match: ``/users/@me`` must come before ``/users/{user_id}``."""
    return (route.path.count("{"), route.path)


def _unmatched(app: App) -> Middleware:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return _plain_error(app, request, error)

    return middleware


def _plain_error(app: App, request: web.Request, error: web.HTTPException) -> web.Response:
    """404 and 405 of the router, in the one shape: a page for people, JSON for programs."""
    failure = NotFound(f"{error.status}: {error.reason}", status=error.status)
    pages = app.find(ErrorPages)
    if pages is not None and "text/html" in request.headers.get("Accept", "") and not request.path.startswith("/api/"):
        locale = "fr" if request.headers.get("Accept-Language", "").lower().startswith("fr") else "en"
        body = pages.render(locale, error.status, "There is nothing at this address.")
        return web.Response(body=body, status=error.status, content_type="text/html", charset="utf-8", headers=pages.headers)
    return web.Response(body=encode(failure.body()), status=error.status, content_type="application/json")
