"""``agora serve``: the one command that has to start at once.

It reads its options with argparse: the commands' library takes a fifth of the time a start may last, and serving needs none of the
other commands.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from agora.app import SERVER_ROLES, Started, open_server
from agora.kernel.errors import SetupError
from agora.kernel.logs import Logs
from agora.kernel.settings import Logging
from agora.kernel.sources import load_config

HELP = "Start everything. Example: agora serve --port 9000"
# The ready line names the model, but people may come in before a slow one is loaded.
MODEL_LIMIT_S = 5.0


def main(words: Sequence[str]) -> None:
    """Serve until told to stop. ``words`` are the options. Raises SetupError with what to do."""
    import uvloop

    options = build_parser().parse_args(words)
    # what importing has made stays for good, the little garbage in it too: to look through it takes a tenth of a second
    gc.freeze()
    flags = {"server.host": options.host, "server.port": options.port}
    uvloop.run(_serve(options.config, options.data, flags, demo=not options.no_demo, roles=_roles(options.roles)))


def build_parser() -> argparse.ArgumentParser:
    """The options of ``agora serve``."""
    parser = argparse.ArgumentParser(prog="agora serve", description=HELP)
    parser.add_argument("--config", type=Path, metavar="PATH", help="The configuration file (default: agora.toml).")
    parser.add_argument("--data", type=Path, metavar="PATH", help="The data folder (default: data beside agora.toml).")
    parser.add_argument("--host", metavar="TEXT", help="The address to listen on (default 127.0.0.1).")
    parser.add_argument("--port", type=int, metavar="NUMBER", help="The port to listen on (default 8420; 0 takes a free one).")
    parser.add_argument("--no-demo", action="store_true", help="Make only the owner at the first start.")
    roles = "What this process does, of web, agents and inference (default: all)."
    parser.add_argument("--roles", default="web,agents,inference", metavar="LIST", help=roles)
    return parser


def calm_collector() -> None:
    """What the start has made stays for good: keep it out of Python's garbage collections, and make them rarer.

    A full collection over everything takes a tenth of a second, in which nobody is answered.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def _roles(text: str) -> frozenset[str]:
    roles = frozenset(part.strip() for part in text.split(",") if part.strip())
    unknown = roles - SERVER_ROLES
    if unknown or not roles:
        raise SetupError(f"--roles takes a list of {', '.join(sorted(SERVER_ROLES))}, not {text!r}.")
    return roles


async def _serve(config: Path | None, data: Path | None, flags: dict[str, Any], *, demo: bool, roles: frozenset[str]) -> None:
    logs = Logs(load_config(config, flags).get(Logging))
    logs.start()
    try:
        await _serve_until_told(open_server(config, data, flags, roles=roles, demo=demo))
    finally:
        logs.stop()


async def _serve_until_told(server: AbstractAsyncContextManager[Started]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with server as started:
        calm_collector()
        for line in started.lines:
            print(line.replace("{url}", started.url), flush=True)
        await started.model_settled(MODEL_LIMIT_S)
        print(f"Agora is ready at {started.url} {started.model}", flush=True)
        await stop.wait()
        print("Agora is stopping.", flush=True)
