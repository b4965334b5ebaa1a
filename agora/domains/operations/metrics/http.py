"""``/healthz``, ``/readyz`` and ``/metrics``. No sign-in: they are for the machine's own supervisor and Prometheus."""

from __future__ import annotations

import asyncio

import msgspec
from aiohttp import web

from agora import __version__
from agora.domains.operations.metrics.checks import CHECKS
from agora.kernel.access import ANYONE
from agora.kernel.http import Bucket, Reply, Request, Route, encode
from agora.kernel.metrics import CONTENT_TYPE, Metrics
from agora.kernel.readiness import Component, Readiness, State, check_all

BUCKET = Bucket("probes", 120, 60.0)


class Alive(msgspec.Struct, frozen=True):
    """The process answers."""

    status: str
    version: str


class Ready(msgspec.Struct, frozen=True):
    """The state of the whole and of each component."""

    status: State
    components: list[Component]


async def healthz(request: Request) -> Alive:
    """Asks nobody: a restart is the cure when this fails."""
    return Alive("ok", __version__)


async def readyz(request: Request) -> Reply:
    """200 when people can use the server, else 503; either way with all components."""
    app = request.ctx.app
    status, components = await check_all(app, (*CHECKS, *app.offers(Readiness)))
    return Reply(encode(Ready(status, components)), 503 if status == "failed" else 200)


async def metrics(request: Request) -> web.Response:
    """Prometheus' text form, whose version stands in its content type."""
    body = await asyncio.to_thread(request.ctx.app.get(Metrics).render)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})


ROUTES = (
    Route(
        method="GET",
        path="/healthz",
        handler=healthz,
        summary="Whether the process answers.",
        access=ANYONE,
        answer=Alive,
        bucket=BUCKET,
    ),
    Route(
        method="GET",
        path="/readyz",
        handler=readyz,
        summary="Whether people can use the server, with the state of each component; 503 when not.",
        access=ANYONE,
        answer=Ready,
        bucket=BUCKET,
    ),
    Route(
        method="GET",
        path="/metrics",
        handler=metrics,
        summary="All metrics in Prometheus' text form.",
        access=ANYONE,
        bucket=BUCKET,
    ),
)
