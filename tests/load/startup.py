"""How long the second start takes and how much memory the server holds. ``python -m tests.load.startup`` prints the table.

Memory is measured three times: when the server is ready, after the five agents talked, and with the embedding model loaded
in the same process.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

import msgspec
import psutil

from tests.fault.process import ServerProcess, free_port

MIB = 1 << 20


class Figures(msgspec.Struct, frozen=True):
    """Seconds to ready, and resident memory in MiB."""

    first_start_s: float
    second_start_s: float
    ready_mib: float


async def measure(folder: Path) -> Figures:
    """Start twice with the demo community and the shipped model."""
    # a second start finds the bytecode that the first one, or the installation, wrote: a shell that forbids Python to write it
    # would make the server compile half a thousand modules at each start
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    server = ServerProcess(folder / "data", free_port(), env=env, demo=True)
    first = await server.start()
    await server.stop()
    second = await server.start()
    memory = psutil.Process(server.pid).memory_info().rss / MIB
    await server.stop()
    return Figures(first, second, memory)


# Runs in a process of its own, so that nothing of the test is counted.
TALKING = """
import asyncio, json, sys, time
from pathlib import Path
import psutil, uvloop
from agora.app import open_server
from agora.serve import calm_collector
from agora.inference.embed import SentenceEmbedder
from tests.load.machine import Watch

async def look(watch, late):
    while True:
        began = watch.mark()
        await asyncio.sleep(0.005)
        late.append((time.perf_counter() - began - 0.005) * 1000)

async def main():
    rss = lambda: psutil.Process().memory_info().rss / 2**20
    async with open_server(None, Path(sys.argv[1]), {"server.port": 0, "agents.pace": "lively"}) as started:
        calm_collector()
        figures = {"ready (MiB)": rss()}
        await started.model_settled(10)
        watch, late = Watch(), []
        looking = asyncio.create_task(look(watch, late))
        await asyncio.sleep(float(sys.argv[2]))
        looking.cancel()
        disturbed = watch.disturbed(0.02, 10)
        calm = [each for n, each in enumerate(late) if n not in disturbed]
        figures |= {"talking (MiB)": rss(), "events": started.app.ledger.last_seq}
        figures |= {"loop late p99 (ms)": sorted(late)[int(len(late) * 0.99)], "loop late worst (ms)": max(late)}
        figures |= {"worst, no time stolen (ms)": max(calm), "CPU time stolen (%)": watch.share() * 100}
        await SentenceEmbedder().embed(["one sentence", "another one"])
        print(json.dumps(figures | {"with embeddings (MiB)": rss()}))

uvloop.run(main())
"""


async def measure_talking(folder: Path, seconds: float) -> dict[str, float]:
    """Memory when ready, with five agents talking, and with the embedding model loaded as well; how late the loop was."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", TALKING, str(folder / "talking"), str(seconds), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    figures: dict[str, float] = json.loads(out.splitlines()[-1])
    return figures


def main() -> None:
    """The long form."""
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder)))
        talking = asyncio.run(measure_talking(Path(folder), 60))
    for name, value in {**msgspec.structs.asdict(figures), **talking}.items():
        print(f"{name:<28}{value:>10.2f}")


if __name__ == "__main__":
    main()
