"""The command line: ``serve`` and ``init`` here, everything else mounted from the domains."""

from __future__ import annotations

import asyncio
import gc
import signal
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agora import __version__
from agora.kernel.commands import ConfigOption, DataOption, load_config, run, use_opener
from agora.kernel.domain import load_domains
from agora.kernel.errors import SetupError

# The ready line names the model, but people may come in before a slow one is loaded.
MODEL_LIMIT_S = 5.0

if TYPE_CHECKING:
    from agora.app import Started
    from agora.kernel.app import App


def build_cli() -> typer.Typer:
    """All commands. A domain's named Typer becomes a group; an unnamed one adds its commands at the top."""
    cli = typer.Typer(
        name="agora",
        help="Discord for people and local AI agents, entirely offline.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    use_opener(_open)
    cli.callback()(_version)
    cli.command("serve")(serve)
    cli.command("init")(init)
    for domain in load_domains():
        if domain.cli is None:
            continue
        part = domain.cli if isinstance(domain.cli, typer.Typer) else domain.cli()
        _mount(cli, part)
    return cli


def _mount(cli: typer.Typer, part: typer.Typer) -> None:
    if isinstance(part.info.name, str):
        cli.add_typer(part)
        return
    cli.registered_commands += part.registered_commands
    cli.registered_groups += part.registered_groups


def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    """Discord for people and local AI agents, entirely offline. Example: agora serve"""
    if version:
        typer.echo(__version__)
        raise typer.Exit


def serve(
    config: ConfigOption = None,
    data: DataOption = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on (default 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on (default 8420; 0 takes a free one).")] = None,
    no_demo: Annotated[bool, typer.Option("--no-demo", help="Make only the owner at the first start.")] = False,
    roles: Annotated[str, typer.Option(help="What this process does, of web, agents and inference.")] = "web,agents,inference",
) -> None:
    """Start everything. Example: agora serve --port 9000"""
    import uvloop

    flags = {"server.host": host, "server.port": port}
    uvloop.run(_serve(config, data, flags, demo=not no_demo, roles=_roles(roles)))


def init(config: ConfigOption = None, data: DataOption = None) -> None:
    """Make the data folder without serving. Example: agora init --data ./data"""

    async def tell(app: App) -> None:
        typer.echo(f"The data folder {app.data} is ready: start with agora serve.")

    run(tell, config, data)


def _open(config: Path | None, data: Path | None) -> AbstractAsyncContextManager[App]:
    from agora.app import open_app

    return open_app(config, data)


def _roles(text: str) -> frozenset[str]:
    from agora.app import SERVER_ROLES

    roles = frozenset(part.strip() for part in text.split(",") if part.strip())
    unknown = roles - SERVER_ROLES
    if unknown or not roles:
        raise SetupError(f"--roles takes a list of {', '.join(sorted(SERVER_ROLES))}, not {text!r}.")
    return roles


async def _serve(config: Path | None, data: Path | None, flags: dict[str, Any], *, demo: bool, roles: frozenset[str]) -> None:
    from agora.app import open_server
    from agora.kernel.logs import Logs
    from agora.kernel.settings import Logging

    logs = Logs(load_config(config, flags).get(Logging))
    logs.start()
    try:
        await _serve_until_told(open_server(config, data, flags, roles=roles, demo=demo))
    finally:
        logs.stop()


def calm_collector() -> None:
    """What the start has made stays for good: keep it out of Python's garbage collections, and make them rarer.

    A full collection over everything takes a tenth of a second, in which nobody is answered.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def _serve_until_told(server: AbstractAsyncContextManager[Started]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with server as started:
        calm_collector()
        for line in started.lines:
            typer.echo(line.replace("{url}", started.url))
        await started.model_settled(MODEL_LIMIT_S)
        typer.echo(f"Agora is ready at {started.url} {started.model}")
        await stop.wait()
        typer.echo("Agora is stopping.")
