"""The command line: ``serve`` and ``init`` here, everything else mounted from the domains."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agora import __version__
from agora.kernel.commands import ConfigOption, DataOption, run, use_opener
from agora.kernel.domain import load_domains

if TYPE_CHECKING:
    from agora.kernel.app import App

# its options are read by agora/serve.py, --help as well
_AS_GIVEN = {"allow_extra_args": True, "ignore_unknown_options": True}


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
    cli.command("serve", context_settings=_AS_GIVEN, add_help_option=False)(serve)
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


def serve(context: typer.Context) -> None:
    """Start everything. Example: agora serve --port 9000"""
    from agora.serve import main

    main(context.args)


def init(config: ConfigOption = None, data: DataOption = None) -> None:
    """Make the data folder without serving. Example: agora init --data ./data"""

    async def tell(app: App) -> None:
        typer.echo(f"The data folder {app.data} is ready: start with agora serve.")

    run(tell, config, data)


def _open(config: Path | None, data: Path | None) -> AbstractAsyncContextManager[App]:
    from agora.app import open_app

    return open_app(config, data)
