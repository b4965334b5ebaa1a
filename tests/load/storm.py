"""Everybody comes back at once: ``python -m tests.load.storm`` prints the table.

The clients are connected, the server is killed (SIGKILL) and starts again, messages are written, and all clients resume at the
same time. Each must hear every message it missed, once and in order.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import uvloop

from tests.fault.process import ServerProcess, free_port
from tests.load.budgets import BUDGETS
from tests.load.caller import Caller, head, whole
from tests.load.fanout import connect_all
from tests.load.hearer import Hearer
from tests.load.machine import Watch, judge_latency
from tests.load.scene import Scene, build_scene
from tests.load.table import show

BEFORE = 10
"""Messages that everybody hears before the server is killed."""


class Figures(msgspec.Struct, frozen=True):
    """Times in seconds."""

    clients: int
    resumed: int
    heard: int
    expected: int
    disordered: int
    start_s: float
    all_s: float
    stolen_share: float


async def run(folder: Path, clients: int) -> Figures:
    """Connect, kill, start, write, come back."""
    budget = BUDGETS.storm
    scene = await build_scene(folder / "data", budget.people, 1)
    heard: list[int] = []
    server = ServerProcess(scene.data, free_port())
    await server.start()
    hearers = await connect_all(scene, server.port, lambda nonce, at: heard.append(nonce), clients)
    await _write(scene, server.port, 0, BEFORE)
    while len(heard) < BEFORE * clients:
        await asyncio.sleep(0.01)
    await server.kill()
    start_s = await server.start()
    await _write(scene, server.port, BEFORE, BEFORE + budget.missed)
    watch = Watch()
    began = watch.mark()
    expected = (BEFORE + budget.missed) * clients
    back = await asyncio.gather(*(_come_back(server.port, hearer, heard) for hearer in hearers), return_exceptions=True)
    while len(heard) < expected and time.perf_counter() < began + 4 * budget.max_s:
        await asyncio.sleep(0.005)
    took = watch.mark() - began
    again = [each for each in back if isinstance(each, Hearer)]
    for hearer in again:
        hearer.close()
    await server.stop()
    return Figures(
        clients=clients,
        resumed=len(again),
        heard=len(heard),
        expected=expected,
        disordered=sum(hearer.disordered for hearer in again),
        start_s=start_s,
        all_s=took,
        stolen_share=watch.share(),
    )


async def _come_back(port: int, hearer: Hearer, heard: list[int]) -> Hearer:
    return await Hearer.connect(port, hearer.token, lambda nonce, at: heard.append(nonce), hearer)


async def _write(scene: Scene, port: int, first: int, end: int) -> None:
    caller = await Caller.connect(port)
    start = head("POST", f"/api/v10/channels/{scene.channels[0]}/messages", scene.tokens[0])
    for nonce in range(first, end):
        reply = await caller.call(whole(start, b'{"content":"number %d","nonce":"%d"}' % (nonce, nonce)))
        assert reply.status == 200, reply.body[:500]
    caller.close()


def measure(folder: Path, clients: int) -> Figures:
    """Run and print."""
    figures = uvloop.run(run(folder, clients))
    show(
        f"{figures.clients} clients resume at once after kill -9",
        [
            ("resumed", figures.resumed, f"of {figures.clients}"),
            ("messages heard", figures.heard, f"of {figures.expected}"),
            ("of them not the next in order", figures.disordered, ""),
            ("start of the server", figures.start_s, "s"),
            ("until the last had missed nothing", figures.all_s, "s"),
            ("CPU time stolen from the machine", figures.stolen_share * 100, "%"),
        ],
    )
    return figures


def holds(figures: Figures) -> bool:
    """Whether everybody came back, without a gap, in time."""
    whole_story = figures.heard == figures.expected and figures.resumed == figures.clients and not figures.disordered
    # one stretch of a few seconds: nothing can be taken out of it, so it is judged as it was, or not at all
    return whole_story and judge_latency("storm", figures.all_s, figures.all_s, 1 - figures.stolen_share, BUDGETS.storm.max_s)


def main() -> None:
    """The long form; exit status 1 when the budget is missed."""
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), BUDGETS.storm.clients)
    sys.exit(not holds(figures))


if __name__ == "__main__":
    main()
