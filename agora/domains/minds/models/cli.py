"""``agora model …``"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from agora.domains.minds.models.choice import find_choice
from agora.domains.minds.models.http import build_model
from agora.domains.minds.models.service import use_model
from agora.inference.errors import ModelNotFound
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings
from agora.kernel.app import App
from agora.kernel.commands import ConfigOption, DataOption, JsonOption, print_json, run
from agora.kernel.ctx import system

cli = typer.Typer(
    name="model",
    help="The models of this server: GGUF files in models/ and in the data folder.",
    no_args_is_help=True,
)

NameArgument = Annotated[str, typer.Argument(help="A model's name: its file name without .gguf.")]
FileArgument = Annotated[Path, typer.Argument(help="A GGUF file.", exists=True, dir_okay=False, readable=True)]


@cli.command("list")
def list_all(config: ConfigOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """All models, with what is wrong with the broken ones. Example: agora model list --json"""

    async def read(app: App) -> list[msgspec.Struct]:
        registry = app.get(ModelRegistry)
        chosen = app.config.get(InferenceSettings).model or await app.db.read(find_choice)
        entries = await asyncio.to_thread(registry.list_models)
        with contextlib.suppress(ModelNotFound):
            chosen = (await asyncio.to_thread(registry.get_path, chosen)).stem
        return [build_model(entry, chosen) for entry in entries]

    models = run(read, config, data)
    if json:
        print_json(models)
        return
    for model in models:
        plain = msgspec.to_builtins(model)
        mark = "*" if plain["in_use"] else " "
        about = plain["problem"] or _describe(plain)
        typer.echo(f"{mark} {plain['name']}  {about}")
    if not models:
        typer.echo("There is no model: put a GGUF file into models/ or run agora model add FILE.")


@cli.command()
def add(file: FileArgument, config: ConfigOption = None, data: DataOption = None) -> None:
    """Check a GGUF file and add it. Example: agora model add qwen2.5-1.5b-q4_k_m.gguf"""

    async def copy(app: App) -> str:
        return (await asyncio.to_thread(app.get(ModelRegistry).add, file)).name

    name = run(copy, config, data)
    typer.echo(f"Added {name}: choose it with agora model use {name}.")


@cli.command()
def check(file: FileArgument, config: ConfigOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """Read a GGUF file and decode one token of it in a child process. Example: agora model check FILE"""

    async def inspect(app: App) -> dict[str, object]:
        info = await asyncio.to_thread(app.get(ModelRegistry).check, file)
        plain: dict[str, object] = msgspec.to_builtins(info)
        return plain

    info = run(inspect, config, data)
    if json:
        print_json(info)
        return
    typer.echo(f"{file.name} is usable: {_describe(info)}")


@cli.command()
def remove(name: NameArgument, config: ConfigOption = None, data: DataOption = None) -> None:
    """Delete a model that was added; shipped ones stay. Example: agora model remove NAME"""

    async def delete(app: App) -> None:
        await asyncio.to_thread(app.get(ModelRegistry).remove, name)

    run(delete, config, data)
    typer.echo(f"Removed {name}.")


@cli.command()
def use(name: NameArgument, config: ConfigOption = None, data: DataOption = None) -> None:
    """Choose the model to run; a running server changes over. Example: agora model use agora-starter"""

    async def choose(app: App) -> str:
        return await use_model(system(app), name)

    typer.echo(f"Agora uses {run(choose, config, data)} from now on.")


def _describe(plain: dict[str, object]) -> str:
    """Parameters and size as people say them."""
    parameters, size = plain["parameters"], plain["bytes"]
    assert isinstance(parameters, int)
    assert isinstance(size, int)
    return f"{plain['architecture']} {parameters / 1e6:.1f} M parameters, {plain['quantisation']}, {size / 1e6:.1f} MB"
