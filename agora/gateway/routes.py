"""The gateway's addresses, and its lifetime."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from agora.gateway.gateway import Gateway
from agora.gateway.listen import gateway_url, serve
from agora.gateway.ports import Connections
from agora.gateway.recovery import recover
from agora.kernel.access import ANYONE
from agora.kernel.app import App
from agora.kernel.http import Bucket, Request, Route
from agora.protocol.payloads import GatewayBotInfo, GatewayInfo

# Connecting is limited by identify and by the operating system; many clients may share one address.
CONNECT = Bucket("gateway", 20_000, 10.0)


async def connect(request: Request) -> web.StreamResponse:
    """The WebSocket itself."""
    return await serve(request.ctx.app.get(Gateway), request.http)


async def get_gateway(request: Request) -> GatewayInfo:
    """Where to connect."""
    return GatewayInfo(url=gateway_url(request.http))


async def get_gateway_bot(request: Request) -> GatewayBotInfo:
    """Where to connect, and with how many shards: one is always enough here."""
    return GatewayBotInfo(url=gateway_url(request.http))


async def open_gateway(app: App) -> AsyncIterator[None]:
    """From the sessions of before the restart to the last close. Starts after all domains, stops before the web server does."""
    gateway = Gateway(app, app.data / "indexes")
    app.put(Gateway, gateway)
    app.put(Connections, gateway)
    app.bus.on_events(gateway.on_events)
    app.bus.on_whisper(gateway.on_whisper)
    await recover(gateway)
    sweeping = asyncio.create_task(gateway.sweep(), name="gateway-sweep")
    try:
        yield
    finally:
        sweeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sweeping
        await gateway.close()


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/gateway",
        handler=connect,
        summary="The gateway: a WebSocket with Discord's version 10 protocol.",
        access=ANYONE,
        bucket=CONNECT,
        raw=True,
    ),
    Route(
        method="GET",
        path="/gateway/",
        handler=connect,
        summary="The gateway, as libraries that append a slash to its address ask for it.",
        access=ANYONE,
        bucket=CONNECT,
        raw=True,
    ),
    Route(
        method="GET",
        path="/api/v10/gateway",
        handler=get_gateway,
        summary="Where to connect.",
        access=ANYONE,
        answer=GatewayInfo,
    ),
    Route(
        method="GET",
        path="/api/v10/gateway/bot",
        handler=get_gateway_bot,
        summary="Where to connect, and with how many shards.",
        answer=GatewayBotInfo,
    ),
)
