"""Send to receive over the gateway: ``python -m tests.load.fanout`` prints the table, ``… fanout crowd`` that of the larger crowd.

Times are taken in this one process: from just before the request is written to the moment a client has the whole frame.
Two 99th percentiles are printed: over all messages, and over those during which the machine kept its CPUs (see ``machine``).
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil
import uvloop

from tests.load.budgets import BUDGETS, Fanout
from tests.load.caller import Caller, head, whole
from tests.load.hearer import Hearer
from tests.load.machine import Watch, find_calm, judge_latency, waited_ms
from tests.load.scene import Scene, build_scene, serving
from tests.load.table import percentile, show

GRACE_S = 5.0  # for the last dispatches to arrive
STOLEN_MS = 20.0  # between a message and the next one: more than the single tick that is often counted late
TOGETHER = 25  # clients that connect at the same time


class Figures(msgspec.Struct, frozen=True):
    """Times in milliseconds, CPU in cores. ``disturbed``: messages that met with ``STOLEN_MS`` of stolen CPU time or more."""

    clients: int
    sent: int
    received: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    disturbed: int
    undisturbed_p99_ms: float
    stolen_share: float
    waited_ms: float
    server_cpu: float
    connect_s: float
    kib: float
    disordered: int


class Record:
    """When each message was sent, and who heard it when."""

    def __init__(self) -> None:
        self.watch = Watch()
        self.sent: list[float] = []
        self.heard: list[tuple[int, float]] = []  # message, milliseconds since it was sent

    def send(self) -> None:
        """The next message goes out now."""
        self.sent.append(self.watch.mark())

    def hear(self, nonce: int, at: float) -> None:
        """A client has the whole dispatch."""
        self.heard.append((nonce, (at - self.sent[nonce]) * 1000))


async def run(folder: Path, budget: Fanout, seconds: float) -> Figures:
    """Build, serve, connect everybody, write at a steady pace."""
    scene = await build_scene(folder / "data", budget.people, 1)
    record = Record()
    async with serving(scene) as server:
        process = psutil.Process(server.pid)
        empty, began = process.memory_info().rss, time.perf_counter()
        hearers = await connect_all(scene, server.port, record.hear, budget.clients)
        connected = time.perf_counter() - began
        gc.collect()
        gc.freeze()  # a collection here would be counted as the server's delay
        cpu, waited, began = sum(process.cpu_times()[:2]), waited_ms(server.pid), time.perf_counter()
        total = round(seconds * budget.per_second)
        await _write(scene, server.port, record, total, budget.per_second)
        used, took = sum(process.cpu_times()[:2]) - cpu, time.perf_counter() - began
        waited = waited_ms(server.pid) - waited
        await _arrive(record, total * len(hearers))
        record.watch.mark()
        kib = (process.memory_info().rss - empty) / 1024 / len(hearers)
        assert not any(hearer.lost for hearer in hearers), "the gateway dropped clients"
        for hearer in hearers:
            hearer.close()
    disturbed = record.watch.disturbed(1 / budget.per_second, STOLEN_MS)
    latencies = [latency for _, latency in record.heard]
    return Figures(
        clients=len(hearers),
        sent=total,
        received=len(latencies),
        p50_ms=percentile(latencies, 0.5),
        p99_ms=percentile(latencies, 0.99),
        worst_ms=max(latencies),
        disturbed=len(disturbed),
        undisturbed_p99_ms=find_calm(record.heard, disturbed, 0.99),
        stolen_share=record.watch.share(),
        waited_ms=waited,
        server_cpu=used / took,
        connect_s=connected,
        kib=kib,
        disordered=sum(hearer.disordered for hearer in hearers),
    )


async def _write(scene: Scene, port: int, record: Record, total: int, per_second: float) -> None:
    """One writer at the pace of a clock, not of the answers: a slow answer is not forgiven."""
    caller = await Caller.connect(port)
    start = head("POST", f"/api/v10/channels/{scene.channels[0]}/messages", scene.tokens[0])
    began = time.perf_counter()
    for nonce in range(total):
        await asyncio.sleep(max(0.0, began + nonce / per_second - time.perf_counter()))
        record.send()
        reply = await caller.call(whole(start, b'{"content":"number %d of a fan-out","nonce":"%d"}' % (nonce, nonce)))
        assert reply.status == 200, reply.body[:500]
    caller.close()


async def connect_all(scene: Scene, port: int, heard: Callable[[int, float], None], count: int) -> list[Hearer]:
    """So many clients, shared out among the people."""
    hearers: list[Hearer] = []
    for first in range(0, count, TOGETHER):
        group = range(first, min(first + TOGETHER, count))
        connecting = (Hearer.connect(port, scene.tokens[n % len(scene.tokens)], heard) for n in group)
        hearers += await asyncio.gather(*connecting)
    return hearers


async def _arrive(record: Record, expected: int) -> None:
    deadline = time.perf_counter() + GRACE_S
    while len(record.heard) < expected and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)
    assert len(record.heard) == expected, f"{expected - len(record.heard)} dispatches never arrived"


def measure(folder: Path, budget: Fanout, seconds: float) -> Figures:
    """Run and print."""
    figures = uvloop.run(run(folder, budget, seconds))
    show(
        f"fan-out to {figures.clients} gateway clients at {budget.per_second:g} messages a second",
        [
            ("median", figures.p50_ms, "ms"),
            ("99th percentile", figures.p99_ms, "ms"),
            ("worst", figures.worst_ms, "ms"),
            ("messages met by stolen CPU time", figures.disturbed, f"of {figures.sent}"),
            ("99th percentile of the others", figures.undisturbed_p99_ms, "ms"),
            ("CPU time stolen from the machine", figures.stolen_share * 100, "%"),
            ("server waiting for other processes", figures.waited_ms, "ms"),
            ("dispatches received", figures.received, f"of {figures.sent * figures.clients}"),
            ("of them not the next in order", figures.disordered, ""),
            ("server", figures.server_cpu, "cores"),
            ("memory for each connection", figures.kib, "KiB"),
            ("connecting everybody", figures.connect_s, "s"),
        ],
    )
    return figures


def holds(figures: Figures, budget: Fanout) -> bool:
    """Whether the budget is met."""
    if figures.disordered or figures.kib > budget.max_kib:
        return False
    calm = 1 - figures.disturbed / figures.sent
    return judge_latency("fan-out", figures.p99_ms, figures.undisturbed_p99_ms, calm, budget.max_p99_ms)


def main() -> None:
    """The long form; exit status 1 when the budget is missed."""
    budget = BUDGETS.crowd if "crowd" in sys.argv[1:] else BUDGETS.fanout
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), budget, budget.seconds)
    sys.exit(not holds(figures, budget))


if __name__ == "__main__":
    main()
