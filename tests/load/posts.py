"""Durable posts through HTTP: ``python -m tests.load.posts`` prints the table.

Every client waits for each answer before it writes again. Afterwards the database is read: each acknowledged message must be
there once, with its text, its full-text entry and its event.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import psutil
import uvloop

from tests.load.budgets import BUDGETS
from tests.load.caller import Caller, head, whole
from tests.load.machine import Watch, judge_rate
from tests.load.scene import Scene, build_scene, serving
from tests.load.table import percentile, show

_ID = re.compile(rb'"id":"(\d+)"')
WARM_UP_S = 1.0
STRETCH_S = 0.25
STOLEN_MS = 10.0  # within a stretch, of both CPUs together: one tick may be left over from the stretch before
_TEXT = "so the kettle was on and nobody had thought about soup until Ada said that rain makes people hungry"
_WORDS = _TEXT.split()


class Figures(msgspec.Struct, frozen=True):
    """What one run gave. Latencies in milliseconds; CPU in cores."""

    posts: int
    seconds: float
    per_second: float
    p50_ms: float
    p99_ms: float
    stolen_share: float
    calm_per_second: float
    calm_share: float
    server_cpu: float
    generator_cpu: float


class Client:
    """One writer with its own connection and user."""

    def __init__(self, number: int, caller: Caller, start: bytes) -> None:
        self.number = number
        self.caller = caller
        self.start = start
        self.acknowledged: dict[int, str] = {}
        self.latencies: list[float] = []

    async def run(self, until: float) -> None:
        """Write until the time is over; anything but 200 is a failure."""
        while time.perf_counter() < until:
            text = self._text()
            request = whole(self.start, b'{"content":"%b"}' % text.encode())
            began = time.perf_counter()
            reply = await self.caller.call(request)
            self.latencies.append(time.perf_counter() - began)
            assert reply.status == 200, reply.body[:500]
            found = _ID.search(reply.body)
            assert found is not None
            self.acknowledged[int(found[1])] = text

    def _text(self) -> str:
        count = len(self.latencies)
        first = (count * 7 + self.number) % len(_WORDS)
        return f"{' '.join(_WORDS[first:] + _WORDS[:first])} c{self.number}n{count}"


class Pace:
    """How many posts were answered in each short stretch, and whether CPU time was stolen in it."""

    def __init__(self, clients: list[Client]) -> None:
        self.watch = Watch()
        self._clients = clients
        self._done: list[int] = []

    def mark(self) -> float:
        """A stretch ends here and the next begins."""
        self._done.append(sum(len(client.latencies) for client in self._clients))
        return self.watch.mark()

    async def run(self, until: float) -> None:
        """Mark until the time is over."""
        while time.perf_counter() < until - STRETCH_S:
            await asyncio.sleep(STRETCH_S)
            self.mark()

    def _calm(self) -> list[tuple[float, int]]:
        stretches = zip(self.watch.stretches(), itertools.pairwise(self._done), strict=True)
        return [(seconds, after - before) for (seconds, stolen), (before, after) in stretches if stolen <= STOLEN_MS]

    def calm_rate(self) -> float:
        """Posts a second in the stretches that met no stolen time."""
        calm = self._calm()
        return sum(posts for _, posts in calm) / sum(seconds for seconds, _ in calm) if calm else 0.0

    def calm_share(self) -> float:
        """Part of the time that lay in such stretches."""
        return sum(seconds for seconds, _ in self._calm()) / sum(seconds for seconds, _ in self.watch.stretches())


async def run(folder: Path, seconds: float) -> tuple[Figures, Scene, list[Client]]:
    """Build, serve, write for so long."""
    budget = BUDGETS.posts
    scene = await build_scene(folder / "data", budget.clients, budget.channels)
    async with serving(scene) as server:
        clients = [await _client(scene, n, server.port) for n in range(budget.clients)]
        await _all(clients, WARM_UP_S)
        warm = [len(client.latencies) for client in clients]
        server_use, own_use = psutil.Process(server.pid), psutil.Process()
        cpu = (_cpu(server_use), _cpu(own_use))
        pace = Pace(clients)
        began = pace.mark()
        await _all(clients, seconds, pace)
        took = pace.mark() - began
        used = (_cpu(server_use) - cpu[0], _cpu(own_use) - cpu[1])
        for client in clients:
            client.caller.close()
    latencies = [each for client, skip in zip(clients, warm, strict=True) for each in client.latencies[skip:]]
    figures = Figures(
        posts=len(latencies),
        seconds=took,
        per_second=len(latencies) / took,
        p50_ms=percentile(latencies, 0.5) * 1000,
        p99_ms=percentile(latencies, 0.99) * 1000,
        stolen_share=pace.watch.share(),
        calm_per_second=pace.calm_rate(),
        calm_share=pace.calm_share(),
        server_cpu=used[0] / took,
        generator_cpu=used[1] / took,
    )
    return figures, scene, clients


async def _client(scene: Scene, number: int, port: int) -> Client:
    channel = scene.channels[number % len(scene.channels)]
    start = head("POST", f"/api/v10/channels/{channel}/messages", scene.tokens[number])
    return Client(number, await Caller.connect(port), start)


async def _all(clients: list[Client], seconds: float, pace: Pace | None = None) -> None:
    until = time.perf_counter() + seconds
    writing = [client.run(until) for client in clients]
    await asyncio.gather(*writing, *([pace.run(until)] if pace else []))


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def audit(database: Path, clients: list[Client]) -> int:
    """Read every acknowledged message back; returns how many. Raises AssertionError naming what is lost or doubled."""
    expected = {message_id: text for client in clients for message_id, text in client.acknowledged.items()}
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        stored = dict(connection.execute("SELECT id, content FROM messages_message"))
        lost = [each for each, text in expected.items() if stored.get(each) != text]
        assert not lost, f"{len(lost)} acknowledged messages are lost or changed, first {lost[0]}"
        assert len(stored) == len(expected), f"{len(stored) - len(expected)} messages nobody was told of"
        indexed = "SELECT count(*) FROM messages_fts WHERE messages_fts MATCH 'kettle'"
        assert connection.execute(indexed).fetchone()[0] == len(expected), "the full-text index lacks messages"
        told = "SELECT count(*), count(DISTINCT json_extract(body, '$.id')) FROM ledger_event WHERE type LIKE '%.MessageSent'"
        assert connection.execute(told).fetchone() == (len(expected), len(expected)), "the ledger differs"
        integrity = connection.execute("PRAGMA integrity_check").fetchone()[0]
        assert integrity == "ok", integrity
    return len(expected)


def measure(folder: Path, seconds: float) -> Figures:
    """Run, audit, print."""
    figures, scene, clients = uvloop.run(run(folder, seconds))
    audited = audit(scene.database, clients)
    show(
        f"durable posts, {len(clients)} keep-alive clients",
        [
            ("posts a second", figures.per_second, ""),
            ("median", figures.p50_ms, "ms"),
            ("99th percentile", figures.p99_ms, "ms"),
            ("CPU time stolen from the machine", figures.stolen_share * 100, "%"),
            ("time without stolen CPU time", figures.calm_share * 100, "%"),
            ("posts a second in that time", figures.calm_per_second, ""),
            ("server", figures.server_cpu, "cores"),
            ("generator", figures.generator_cpu, "cores"),
            ("acknowledged and audited", audited, "messages"),
        ],
    )
    return figures


def holds(figures: Figures) -> bool:
    """Whether the budget is met."""
    return judge_rate("posts", figures.per_second, figures.calm_per_second, figures.calm_share, BUDGETS.posts.min_per_second)


def main() -> None:
    """The long form; exit status 1 when the budget is missed."""
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), BUDGETS.posts.seconds)
    sys.exit(not holds(figures))


if __name__ == "__main__":
    main()
