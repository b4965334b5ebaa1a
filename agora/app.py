"""The composition root: discover domains, order them, build the ``App``, run lifetimes inside each other."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import random
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from agora.inference.ports import Engine
from agora.kernel.app import App
from agora.kernel.bus import Bus
from agora.kernel.clock import Clock, SystemClock
from agora.kernel.config import Config
from agora.kernel.db import Database
from agora.kernel.domain import load_domains
from agora.kernel.durable import Durables
from agora.kernel.errors import SetupError
from agora.kernel.firststart import run_first_starts
from agora.kernel.follow import following
from agora.kernel.ids import Snowflakes
from agora.kernel.ledger import Ledger
from agora.kernel.metrics import observe_request
from agora.kernel.migrate import migrate
from agora.kernel.parts import open_kernel_parts
from agora.kernel.settings import Server
from agora.kernel.sources import ROOT, data_folder, load_config
from agora.kernel.sqlite import open_engine

log = logging.getLogger(__name__)
SERVER_ROLES = frozenset({"web", "agents", "inference"})
# Two threads that share the interpreter hand it over at least this often (seconds). The default of 5 ms lets the busy
# loop starve the writer at each of its statements.
SWITCH_INTERVAL_S = 0.0005
STOP_LIMIT_S = 10.0
LOOK_S = 0.02  # how often to look whether the model is loaded


class Started(msgspec.Struct, frozen=True):
    """A server that accepts connections: where, and what its first start has to say."""

    app: App
    url: str
    lines: tuple[str, ...]

    async def model_settled(self, limit_s: float) -> None:
        """Wait until the model is loaded or refused, at most this long: a first start tries it in a child process before."""
        engine = self.app.find(Engine)
        for _ in range(round(limit_s / LOOK_S)):
            if engine is None or engine.info().state != "starting":
                return
            await asyncio.sleep(LOOK_S)

    @property
    def model(self) -> str:
        """The model in use, or why there is none."""
        engine = self.app.find(Engine)
        if engine is None:
            return "without a model engine"
        info = engine.info()
        return f"with the model {info.model}" if info.model else f"without a model: {info.reason or info.state}"


@contextlib.asynccontextmanager
async def open_app(
    config_path: Path | None = None,
    data: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    *,
    roles: frozenset[str] = frozenset(),
    clock: Clock | None = None,
) -> AsyncIterator[App]:
    """The app with its database and every domain's lifetime, without web server and background work.

    Makes the data folder when it is missing. Raises SetupError with what to do.
    """
    config = load_config(config_path, flags)
    folder = data_folder(config, data)
    _make_folder(folder)
    async with contextlib.AsyncExitStack() as stack:
        if roles:
            stack.enter_context(_only_server(folder))
        app = _build(config, folder, roles, clock or SystemClock())
        await stack.enter_async_context(_database(app))
        await _enter(stack, app, "kernel", open_kernel_parts)
        for domain in app.domains:
            if domain.lifetime is not None:
                await _enter(stack, app, domain.name, domain.lifetime)
        yield app


@contextlib.asynccontextmanager
async def open_server(
    config_path: Path | None = None,
    data: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    *,
    roles: frozenset[str] = SERVER_ROLES,
    demo: bool = True,
    clock: Clock | None = None,
) -> AsyncIterator[Started]:
    """Everything, accepting connections while the block runs; stops in stages when it ends."""
    from agora.gateway import ROUTES as GATEWAY_ROUTES
    from agora.gateway import open_gateway
    from agora.kernel.jobs import Jobs
    from agora.kernel.server import accepting, build_web, running
    from agora.web import ROUTES as WEB_ROUTES
    from agora.web import open_web

    sys.setswitchinterval(SWITCH_INTERVAL_S)
    async with contextlib.AsyncExitStack() as stack:
        app = await stack.enter_async_context(open_app(config_path, data, flags, roles=roles, clock=clock))
        lines = await run_first_starts(app, demo=demo)
        await stack.enter_async_context(following(app))
        durables = Durables(app)
        app.put(Durables, durables)
        await stack.enter_async_context(durables.running())
        await stack.enter_async_context(app.get(Jobs).running())
        await _enter(stack, app, "web", open_web)
        routes = [*WEB_ROUTES, *GATEWAY_ROUTES, *(r for d in app.domains for r in (*d.routes, *d.pages))]
        application = build_web(app, routes, observe=observe_request)
        runner = await stack.enter_async_context(running(application))
        await _enter(stack, app, "gateway", open_gateway)
        server = app.config.get(Server)
        url = await stack.enter_async_context(accepting(runner, server.host, server.port))
        app.url = server.public_url.rstrip("/") or url
        yield Started(app, url, tuple(lines))


def _build(config: Config, folder: Path, roles: frozenset[str], clock: Clock) -> App:
    app = App(root=ROOT, data=folder, domains=load_domains(), roles=roles)
    app.config = config
    app.clock = clock
    # a command beside the server must never make the same id: it takes another instance
    app.ids = Snowflakes(clock, 0 if roles else random.SystemRandom().randint(1, 1023))
    app.ledger = Ledger(app, app.domains)
    app.bus = Bus(app, app.domains)
    return app


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        for name in ("files", "indexes", "keys", "backups"):
            (folder / name).mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise SetupError(
            f"The data folder {folder} cannot be used ({error.strerror}): give another with --data, or mend its rights."
        ) from error


@contextlib.contextmanager
def _only_server(folder: Path) -> Any:
    """Two servers on one data folder would undo each other's work."""
    with (folder / "agora.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SetupError(
                f"Another Agora already serves the data folder {folder}: stop it, or give this one another with --data."
            ) from error
        yield


@contextlib.asynccontextmanager
async def _database(app: App) -> AsyncIterator[None]:
    path = app.data / "agora.db"
    engine = open_engine(path, writable=True)
    try:
        ran = await asyncio.get_running_loop().run_in_executor(None, migrate, engine, app.domains)
    finally:
        engine.dispose()
    if ran:
        log.info("schema brought up to date: %s", ", ".join(ran))
    app.db = Database(app, path, app.ledger, app.bus)
    await app.db.start()
    try:
        yield
    finally:
        await app.db.stop()


async def _enter(stack: contextlib.AsyncExitStack, app: App, name: str, lifetime: Callable[[App], AsyncIterator[None]]) -> None:
    """Start a lifetime now, and stop it within its limit when the stack unwinds; a slow one is named in the log."""
    running = lifetime(app)
    await anext(running)

    async def stop() -> None:
        try:
            async with asyncio.timeout(STOP_LIMIT_S):
                await anext(running, None)
        except TimeoutError:
            log.error("%s did not stop within %.0f s and was left behind", name, STOP_LIMIT_S)
        except Exception:
            log.exception("%s failed while stopping", name)

    stack.push_async_callback(stop)
