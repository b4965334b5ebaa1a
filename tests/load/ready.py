"""READY for a member of many guilds: ``python -m tests.load.ready`` prints the table."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

import msgspec
import uvloop

from tests.fault.process import ServerProcess, free_port
from tests.kit.server import open_kit
from tests.load.budgets import BUDGETS
from tests.load.hearer import Hearer
from tests.load.machine import Watch, find_calm, judge_latency
from tests.load.table import percentile, show

WARM_UP = 3
WINDOW_S, STOLEN_MS = 0.1, 20.0


class Figures(msgspec.Struct, frozen=True):
    """Milliseconds from opening the connection to READY, handshake and identify included."""

    rounds: int
    p50_ms: float
    p95_ms: float
    worst_ms: float
    disturbed: int
    undisturbed_p95_ms: float


async def build(data: Path) -> str:
    """Make the guilds and channels; returns the member's token."""
    budget = BUDGETS.ready
    async with open_kit(data) as kit:
        owner, member = await kit.person("ada"), await kit.person("ben")
        for number in range(budget.guilds):
            guild = await kit.guild(owner, member, name=f"Guild {number}")
            for channel in range(budget.channels // budget.guilds):
                await kit.channel(owner, guild, f"room-{channel}")
        return member.token


async def run(folder: Path) -> Figures:
    """Identify again and again."""
    token = await build(folder / "data")
    server = ServerProcess(folder / "data", free_port())
    await server.start()
    watch = Watch()
    latencies: list[float] = []
    for _ in range(BUDGETS.ready.rounds + WARM_UP):
        began = watch.mark()
        hearer = await Hearer.connect(server.port, token, lambda nonce, at: None)
        latencies.append(watch.mark() - began)
        hearer.close()
        await asyncio.sleep(WINDOW_S)  # the guilds that follow READY are not part of it
    await server.stop()
    disturbed = {n // 2 for n in watch.disturbed(WINDOW_S, STOLEN_MS) if n % 2 == 0}
    all_ms = [took * 1000 for took in latencies]
    kept = range(WARM_UP, len(all_ms))
    return Figures(
        rounds=len(kept),
        p50_ms=percentile(all_ms[WARM_UP:], 0.5),
        p95_ms=percentile(all_ms[WARM_UP:], 0.95),
        worst_ms=max(all_ms[WARM_UP:]),
        disturbed=sum(n in disturbed for n in kept),
        undisturbed_p95_ms=find_calm(((n, all_ms[n]) for n in kept), disturbed, 0.95),
    )


def measure(folder: Path) -> Figures:
    """Run and print."""
    figures = uvloop.run(run(folder))
    show(
        f"READY for a member of {BUDGETS.ready.guilds} guilds with {BUDGETS.ready.channels} channels",
        [
            ("median", figures.p50_ms, "ms"),
            ("95th percentile", figures.p95_ms, "ms"),
            ("worst", figures.worst_ms, "ms"),
            ("rounds met by stolen CPU time", figures.disturbed, f"of {figures.rounds}"),
            ("95th percentile of the others", figures.undisturbed_p95_ms, "ms"),
        ],
    )
    return figures


def holds(figures: Figures) -> bool:
    """Whether the budget is met."""
    calm = 1 - figures.disturbed / figures.rounds
    return judge_latency("READY", figures.p95_ms, figures.undisturbed_p95_ms, calm, BUDGETS.ready.max_p95_ms)


def main() -> None:
    """Exit status 1 when the budget is missed."""
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder))
    sys.exit(not holds(figures))


if __name__ == "__main__":
    main()
