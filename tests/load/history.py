"""Pages at a random depth of a large file: ``python -m tests.load.history`` prints the table."""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import uvloop

from agora.kernel.ids import first_at
from agora.kernel.packed import add_function
from tests.load.budgets import BUDGETS
from tests.load.caller import Caller, head, whole
from tests.load.machine import Watch, find_calm, judge_latency
from tests.load.scene import Scene, build_scene, serving
from tests.load.table import percentile, show

PEOPLE = 50
WARM_UP = 50  # requests that fill the cache and wake the interpreter
WINDOW_S, STOLEN_MS = 0.02, 10.0  # a request is over in a few milliseconds, a tick of stolen time may be counted a little late
START_MS = 1_700_000_000_000
STEP_MS = 20_000
_TEXT = "soup rain kettle garden letter train music bread window river paper lamp stone apple winter question answer"
_WORDS = _TEXT.split()
_INSERT = (
    "INSERT INTO messages_message (id, channel_id, guild_id, author_id, type, content, html, flags, tts, edited_ms, pinned_ms, "
    "reply_to, nonce, mentions, embeds, has) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?, NULL, ?, ?, ?, NULL, 0)"
)


class Figures(msgspec.Struct, frozen=True):
    """Times in milliseconds, bytes of one page."""

    messages: int
    requests: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    disturbed: int
    undisturbed_p99_ms: float
    stolen_share: float
    page_bytes: float
    build_s: float


def fill(scene: Scene, count: int) -> list[int]:
    """Write the messages straight into the file, through the real schema; returns their ids in order."""
    ids = [first_at(START_MS + n * STEP_MS) | (n & 0xFFF) for n in range(count)]
    connection = sqlite3.connect(scene.database)
    add_function(connection)  # the view of what is indexed uses it
    connection.execute("PRAGMA synchronous = OFF")
    connection.executemany(_INSERT, _rows(scene, ids))
    connection.execute("INSERT INTO messages_fts(messages_fts) VALUES ('rebuild')")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return ids


def _rows(scene: Scene, ids: list[int]) -> Iterator[tuple[object, ...]]:
    """One in ten replies, one in twenty with markup, one in fifty mentions or is edited; as in a living channel."""
    dice = random.Random(5)
    for n, message_id in enumerate(ids):
        text = " ".join(dice.choices(_WORDS, k=dice.randint(3, 40)))
        html = f"<p><strong>{text}</strong></p>" if n % 20 == 0 else None
        reply = ids[n - dice.randint(1, 30)] if n % 10 == 5 and n > 30 else None
        mentions = f'{{"users":[{dice.choice(scene.people)}]}}' if n % 50 == 7 else None
        yield (
            message_id,
            scene.channels[0],
            scene.guild,
            dice.choice(scene.people),
            0 if reply is None else 19,
            f"**{text}**" if html else text,
            html,
            START_MS + n * STEP_MS + 5000 if n % 50 == 9 else None,
            reply,
            str(n),
            mentions,
        )


async def run(folder: Path, count: int, requests: int) -> Figures:
    """Build, serve, read pages one after another."""
    began = time.perf_counter()
    scene = await build_scene(folder / "data", PEOPLE, 1)
    ids = fill(scene, count)
    built = time.perf_counter() - began
    dice = random.Random(11)
    page = BUDGETS.history.page
    latencies: list[float] = []
    size = 0
    watch = Watch()
    async with serving(scene) as server:
        caller = await Caller.connect(server.port)
        for n in range(requests + WARM_UP):
            at = dice.randint(page, count - 1)
            path = f"/api/v10/channels/{scene.channels[0]}/messages?limit={page}&before={ids[at]}"
            request = whole(head("GET", path, scene.tokens[n % PEOPLE]))
            sent = watch.mark()
            reply = await caller.call(request)
            took = time.perf_counter() - sent
            messages = msgspec.json.decode(reply.body)
            assert reply.status == 200, reply.body[:500]
            assert [message["id"] for message in messages] == [str(each) for each in ids[at - page : at][::-1]]
            latencies.append(took * 1000)
            size += len(reply.body)
        watch.mark()
        caller.close()
    disturbed = {n - WARM_UP for n in watch.disturbed(WINDOW_S, STOLEN_MS) if n >= WARM_UP}
    latencies = latencies[WARM_UP:]
    return Figures(
        messages=count,
        requests=requests,
        p50_ms=percentile(latencies, 0.5),
        p99_ms=percentile(latencies, 0.99),
        worst_ms=max(latencies),
        disturbed=len(disturbed),
        undisturbed_p99_ms=find_calm(enumerate(latencies), disturbed, 0.99),
        stolen_share=watch.share(),
        page_bytes=size / (requests + WARM_UP),
        build_s=built,
    )


def measure(folder: Path, count: int, requests: int) -> Figures:
    """Run and print."""
    figures = uvloop.run(run(folder, count, requests))
    show(
        f"pages of {BUDGETS.history.page} at a random depth of {count:,} messages",
        [
            ("median", figures.p50_ms, "ms"),
            ("99th percentile", figures.p99_ms, "ms"),
            ("worst", figures.worst_ms, "ms"),
            ("requests met by stolen CPU time", figures.disturbed, f"of {figures.requests}"),
            ("99th percentile of the others", figures.undisturbed_p99_ms, "ms"),
            ("CPU time stolen from the machine", figures.stolen_share * 100, "%"),
            ("page", figures.page_bytes / 1024, "KiB"),
            ("building the file", figures.build_s, "s"),
        ],
    )
    return figures


def holds(figures: Figures) -> bool:
    """Whether the budget is met."""
    calm = 1 - figures.disturbed / figures.requests
    return judge_latency("history", figures.p99_ms, figures.undisturbed_p99_ms, calm, BUDGETS.history.max_p99_ms)


def main() -> None:
    """The long form; exit status 1 when the budget is missed."""
    budget = BUDGETS.history
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), budget.messages, budget.requests)
    sys.exit(not holds(figures))


if __name__ == "__main__":
    main()
