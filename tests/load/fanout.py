"""Send to receive over the gateway: ``python -m tests.load.fanout`` prints the table.

Times are taken in this one process: from just before the request is written to the moment a client has the whole frame.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import psutil
import uvloop

from tests.load.budgets import BUDGETS
from tests.load.caller import Caller, head, whole
from tests.load.hearer import Hearer
from tests.load.scene import Scene, build_scene, serving
from tests.load.table import percentile, show

GRACE_S = 5.0  # for the last dispatches to arrive
TOGETHER = 25  # clients that connect at the same time


class Figures(msgspec.Struct, frozen=True):
    """Times in milliseconds, CPU in cores."""

    clients: int
    sent: int
    received: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    server_cpu: float
    connect_s: float


async def run(folder: Path, seconds: float) -> Figures:
    """Build, serve, connect everybody, write at a steady pace."""
    budget = BUDGETS.fanout
    scene = await build_scene(folder / "data", budget.people, 1)
    sent: dict[int, float] = {}
    latencies: list[float] = []
    async with serving(scene) as server:
        began = time.perf_counter()
        hearers = await _connect(scene, server.port, lambda nonce, at: latencies.append(at - sent[nonce]))
        connected = time.perf_counter() - began
        gc.collect()
        gc.freeze()  # a collection here would be counted as the server's delay
        caller = await Caller.connect(server.port)
        start = head("POST", f"/api/v10/channels/{scene.channels[0]}/messages", scene.tokens[0])
        process = psutil.Process(server.pid)
        cpu, began = sum(process.cpu_times()[:2]), time.perf_counter()
        total = round(seconds * budget.per_second)
        for nonce in range(total):
            await _until(began + nonce / budget.per_second)
            body = b'{"content":"number %d of a fan-out","nonce":"%d"}' % (nonce, nonce)
            sent[nonce] = time.perf_counter()
            reply = await caller.call(whole(start, body))
            assert reply.status == 200, reply.body[:500]
        used, took = sum(process.cpu_times()[:2]) - cpu, time.perf_counter() - began
        await _arrive(latencies, total * len(hearers))
        assert not any(hearer.lost for hearer in hearers), "the gateway dropped clients"
        for hearer in hearers:
            hearer.close()
        caller.close()
    return Figures(
        clients=len(hearers),
        sent=total,
        received=len(latencies),
        p50_ms=percentile(latencies, 0.5) * 1000,
        p99_ms=percentile(latencies, 0.99) * 1000,
        worst_ms=max(latencies) * 1000,
        server_cpu=used / took,
        connect_s=connected,
    )


async def _connect(scene: Scene, port: int, heard: object) -> list[Hearer]:
    assert callable(heard)
    hearers: list[Hearer] = []
    count = BUDGETS.fanout.clients
    for first in range(0, count, TOGETHER):
        group = range(first, min(first + TOGETHER, count))
        connecting = (Hearer.connect(port, scene.tokens[n % len(scene.tokens)], heard) for n in group)
        hearers += await asyncio.gather(*connecting)
    return hearers


async def _until(moment: float) -> None:
    """The pace of a clock, not of the answers: a slow answer is not forgiven."""
    wait = moment - time.perf_counter()
    if wait > 0:
        await asyncio.sleep(wait)


async def _arrive(latencies: list[float], expected: int) -> None:
    deadline = time.perf_counter() + GRACE_S
    while len(latencies) < expected and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)
    assert len(latencies) == expected, f"{expected - len(latencies)} dispatches never arrived"


def measure(folder: Path, seconds: float) -> Figures:
    """Run and print."""
    figures = uvloop.run(run(folder, seconds))
    show(
        f"fan-out to {figures.clients} gateway clients at {BUDGETS.fanout.per_second:g} messages a second",
        [
            ("median", figures.p50_ms, "ms"),
            ("99th percentile", figures.p99_ms, "ms"),
            ("worst", figures.worst_ms, "ms"),
            ("dispatches received", figures.received, f"of {figures.sent * figures.clients}"),
            ("server", figures.server_cpu, "cores"),
            ("connecting everybody", figures.connect_s, "s"),
        ],
    )
    return figures


def main() -> None:
    """The long form; exit status 1 when the budget is missed."""
    budget = BUDGETS.fanout
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), budget.seconds)
    sys.exit(figures.p99_ms > budget.max_p99_ms)


if __name__ == "__main__":
    main()
