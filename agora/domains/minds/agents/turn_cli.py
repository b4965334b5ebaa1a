"""``agora turn …``"""

from __future__ import annotations

from typing import Annotated

import typer

from agora.domains.minds.agents.replay import Replayed, replay_turn
from agora.kernel.app import App
from agora.kernel.commands import ConfigOption, DataOption, JsonOption, print_json, run

cli = typer.Typer(name="turn", help="Turns of agents: run one again.", no_args_is_help=True)

IdArgument = Annotated[int, typer.Argument(help="The turn's id (it is in the receipt), or the id of the message it wrote.")]


@cli.callback()
def turn() -> None:
    """A group even with a single command."""


@cli.command()
def replay(some_id: IdArgument, config: ConfigOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """Write a turn's text again, alone; exit 1 when it is not the same. Example: agora turn replay 1234567890"""

    async def again(app: App) -> Replayed:
        return await replay_turn(app, some_id)

    done = run(again, config, data)
    if json:
        print_json(done)
    else:
        typer.echo(done.text)
        typer.echo(describe(done))
    if not done.same:
        raise typer.Exit(1)


def describe(done: Replayed) -> str:
    """Whether the text is the same, and if not, why that may be."""
    if done.same:
        return "The text is the same, byte for byte."
    if done.differs:
        return f"The text is not the same: {'; '.join(done.differs)}."
    if not done.deterministic:
        return (
            "The text is not the same: it was written beside others, and then sums come out a little different. "
            "Replies written with [inference] deterministic = true repeat byte for byte."
        )
    return "The text is not the same, although model, prompt and seed are: the library, the machine or the settings changed."
