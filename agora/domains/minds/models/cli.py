"""``agora model …``"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from agora.domains.minds.models.choice import do_choose_for_guild, find_choice, list_guild_choices
from agora.domains.minds.models.http import find_details
from agora.domains.minds.models.loaded import REMOTE
from agora.domains.minds.models.service import add_model, check_model, list_models, remove_model, use_model, use_remotes
from agora.domains.minds.models.views import ModelDetails, ModelView, build_model, build_remote
from agora.inference.drafting import check_draft
from agora.inference.errors import InferenceError, ModelNotFound
from agora.inference.registry import ModelRegistry
from agora.inference.remote_pool import RemoteServer
from agora.inference.settings import InferenceSettings
from agora.kernel.app import App
from agora.kernel.commands import ConfigOption, DataOption, JsonOption, print_json, run
from agora.kernel.ctx import system

cli = typer.Typer(
    name="model",
    help="The models of this server: GGUF files in models/ and in the data folder, and models of other servers.",
    no_args_is_help=True,
)

NameArgument = Annotated[str, typer.Argument(help="A model's name: its file name without .gguf, or remote/NAME.")]
FileArgument = Annotated[Path, typer.Argument(help="A GGUF file.", exists=True, dir_okay=False, readable=True)]
DraftOption = Annotated[str | None, typer.Option(help="Whether this small model (name or file) can guess ahead for it.")]
GuildOption = Annotated[int | None, typer.Option("--guild", help="Only for the agents of the community with this id.")]
LinkOption = Annotated[bool, typer.Option("--link", help="Link to the file instead of copying it.")]


@cli.command("list")
def list_all(config: ConfigOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """All models, with what is wrong with the broken ones. Example: agora model list --json"""

    async def read(app: App) -> list[ModelView]:
        settings = app.config.get(InferenceSettings)
        chosen = await _find_chosen(app)
        files = [build_model(entry, chosen, settings) for entry in await list_models(app)]
        async with use_remotes(app) as remotes:
            offered = remotes.list_models().items()
        return [*files, *(build_remote(REMOTE + name, model, chosen) for name, model in offered)]

    models = run(read, config, data)
    if json:
        print_json(models)
        return
    for model in models:
        mark = "*" if model.in_use else " "
        typer.echo(f"{mark} {model.name}  {model.problem or _describe(model)}")
    if not models:
        typer.echo("There is no model: put a GGUF file into models/ or run agora model add FILE.")


@cli.command()
def show(name: NameArgument, config: ConfigOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """Everything that is known of a model. Example: agora model show agora-starter"""

    async def read(app: App) -> ModelDetails:
        chosen = await _find_chosen(app)
        return msgspec.structs.replace(await find_details(app, name), in_use=name == chosen)

    model = run(read, config, data)
    if json:
        print_json(model)
        return
    for line in _list_facts(model):
        typer.echo(line)


@cli.command()
def add(file: FileArgument, link: LinkOption = False, config: ConfigOption = None, data: DataOption = None) -> None:
    """Check a GGUF file (model, embedding model or LoRA adapter) and add it. Example: agora model add qwen2.5-1.5b-q4_k_m.gguf"""

    async def take(app: App) -> tuple[str, str]:
        info = await add_model(system(app), file, link=link)
        return info.name, info.kind

    name, kind = run(take, config, data)
    what_next = {
        "text": f"choose it with agora model use {name}",
        "embedding": f"use it with agora config set models.embedder {name}",
        "adapter": f"lay it over a model with agora model use MODEL+{name}",
    }
    typer.echo(f"Added {name}: {what_next[kind]}.")


@cli.command()
def check(
    file: FileArgument, draft: DraftOption = None, config: ConfigOption = None, data: DataOption = None, json: JsonOption = False
) -> None:
    """Read a GGUF file and decode one token of it in a child process. Example: agora model check FILE --draft SMALL"""

    async def inspect(app: App) -> dict[str, object]:
        registry = app.get(ModelRegistry)
        info = await asyncio.to_thread(registry.check, file)
        if draft is not None:
            small = await asyncio.to_thread(registry.get_kind, draft, "text")
            await asyncio.to_thread(registry.check, small)
            await asyncio.to_thread(check_draft, small, file)
        plain: dict[str, object] = msgspec.to_builtins(info)
        return plain

    info = run(inspect, config, data)
    if json:
        print_json(info)
        return
    typer.echo(f"{file.name} is usable: {_describe(msgspec.convert(info | {'in_use': False, 'problem': None}, ModelView))}")
    if draft is not None:
        typer.echo(f"{draft} can draft for it: set [inference] draft.")


@cli.command()
def remove(name: NameArgument, config: ConfigOption = None, data: DataOption = None) -> None:
    """Delete a model that was added; shipped ones stay. Example: agora model remove NAME"""
    run(lambda app: remove_model(system(app), name), config, data)
    typer.echo(f"Removed {name}.")


@cli.command()
def use(name: NameArgument, guild: GuildOption = None, config: ConfigOption = None, data: DataOption = None) -> None:
    """Choose the model to run; a running server changes over. Example: agora model use agora-starter"""

    async def choose(app: App) -> str:
        if guild is None:
            return await use_model(system(app), name)
        chosen = await check_model(app, name) if name else ""
        await system(app).write(do_choose_for_guild, guild, chosen)
        return chosen

    chosen = run(choose, config, data)
    who = "Agora uses" if guild is None else f"The agents of community {guild} use"
    typer.echo(f"{who} {chosen or 'the server’s own model'} from now on.")


@cli.command()
def servers(config: ConfigOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """The servers of models in [models] remotes, and how they are now. Example: agora model servers"""

    async def read(app: App) -> list[RemoteServer]:
        async with use_remotes(app) as remotes:
            return remotes.list_servers()

    found = run(read, config, data)
    if json:
        print_json(found)
        return
    for server in found:
        offered = ", ".join(server.models) or "no model"
        typer.echo(f"{server.name} ({server.kind}): {offered if server.state == 'ready' else server.reason}")
    if not found:
        typer.echo("There is none: write the address of one into [models] remotes of agora.toml.")


@cli.command()
def guilds(config: ConfigOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """The communities whose agents have a model of their own. Example: agora model guilds"""

    async def read(app: App) -> dict[int, str]:
        return await app.db.read(list_guild_choices)

    found = run(read, config, data)
    if json:
        print_json([{"guild_id": str(guild), "model": name} for guild, name in found.items()])
        return
    for guild, name in found.items():
        typer.echo(f"{guild}  {name}")
    if not found:
        typer.echo("There is none: all agents use the server's model, or one of their own.")


async def _find_chosen(app: App) -> str:
    """The name of the model that a server here would run."""
    name = app.config.get(InferenceSettings).model or await app.db.read(find_choice)
    if name.startswith(REMOTE):
        return name
    with contextlib.suppress(InferenceError, ModelNotFound):
        path, adapters = await asyncio.to_thread(app.get(ModelRegistry).resolve, name)
        return name if adapters else path.stem
    return name


def _describe(model: ModelView) -> str:
    """Size as people say it."""
    parts = [model.architecture or ""]
    if model.parameters:
        parts.append(f"{model.parameters / 1e6:.1f} M parameters")
    text = " ".join(part for part in parts if part)
    size = f"{model.bytes / 1e6:.1f} MB" if model.bytes else ""
    kind = "" if model.kind == "text" else model.kind
    return ", ".join(part for part in (text, model.quantisation, size, kind) if part) or "at a server"


def _list_facts(model: ModelDetails) -> list[str]:
    facts: dict[str, object] = {
        "name": model.name,
        "title": model.title,
        "problem": model.problem,
        "kind": model.kind,
        "where": model.where,
        "architecture": model.architecture,
        "parameters": f"{model.parameters:,}" if model.parameters else None,
        "size": f"{model.bytes / 1e6:.1f} MB" if model.bytes else None,
        "memory when loaded": f"about {model.memory / 1e6:.0f} MB" if model.memory else None,
        "context": f"{model.context:,} tokens" if model.context else None,
        "layers": model.layers or None,
        "vocabulary": f"{model.vocabulary:,}" if model.vocabulary else None,
        "quantisation": model.quantisation,
        "licence": model.licence or "not stated in the file" if model.where != "remote" else model.licence or "not told",
        "template": ("its own" if model.own_template else "ChatML, as it has none of its own") if model.template else None,
    }
    lines = [f"{key}: {value}" for key, value in facts.items() if value is not None]
    return [*lines, *(f"  {line}" for line in model.template.splitlines())]
