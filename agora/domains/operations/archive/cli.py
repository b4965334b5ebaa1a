"""``agora archive``"""

from __future__ import annotations

import typer

from agora.domains.operations.archive.packing import Packed, pack_history, pack_old_messages
from agora.domains.talk.messages import Packed as PackedMessages
from agora.kernel.app import App
from agora.kernel.commands import ConfigOption, DataOption, JsonOption, print_json, run
from agora.kernel.ctx import system

cli = typer.Typer(name="archive", help="Make old history small.", no_args_is_help=True)


@cli.callback()
def about() -> None:
    """Make old history small. Example: agora archive pack"""


@cli.command("pack")
def pack(config: ConfigOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Pack what is older than [archive] says now instead of at night. Example: agora archive pack"""
    events, messages = run(_pack, config, data)
    if as_json:
        print_json({"events": events, "messages": messages})
        return
    typer.echo(f"Packed {events.events} events: {events.before} bytes are {events.after} now.")
    typer.echo(f"Packed the texts of {messages.messages} messages: {messages.before} bytes are {messages.after} now.")


async def _pack(app: App) -> tuple[Packed, PackedMessages]:
    ctx = system(app)
    return await pack_history(ctx), await pack_old_messages(ctx)
