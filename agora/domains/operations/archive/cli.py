"""``agora archive``"""

from __future__ import annotations

import typer

from agora.domains.operations.archive.packing import pack_history
from agora.kernel.commands import ConfigOption, DataOption, JsonOption, print_json, run
from agora.kernel.ctx import system

cli = typer.Typer(name="archive", help="Make old history small.", no_args_is_help=True)


@cli.callback()
def about() -> None:
    """Make old history small. Example: agora archive pack"""


@cli.command("pack")
def pack(config: ConfigOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Pack events older than [archive] pack_after_days now instead of at night. Example: agora archive pack"""
    done = run(lambda opened: pack_history(system(opened)), config, data)
    if as_json:
        print_json(done)
    else:
        typer.echo(f"Packed {done.events} events: {done.before} bytes are {done.after} now.")
