"""What others ask of models."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from agora.domains.minds.models.choice import GuildModels, do_choose, do_choose_for_guild, do_forget
from agora.domains.minds.models.host import Host
from agora.domains.minds.models.loaded import REMOTE
from agora.domains.minds.models.settings import ModelSettings, read_remotes
from agora.inference.errors import InferenceError, ModelNotFound, ModelRefused
from agora.inference.layout import Style
from agora.inference.model_info import ModelInfo
from agora.inference.ports import Engine
from agora.inference.registry import ModelEntry, ModelRegistry
from agora.inference.remote_peer import PeerLimits
from agora.inference.remote_pool import Remotes
from agora.inference.remote_shapes import RemoteModel
from agora.inference.settings import InferenceSettings
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.kernel.errors import Conflict


async def find_engine(app: App, name: str | None = None, guild_id: int | None = None) -> tuple[Engine, Style]:
    """The engine that runs a model (None: the community's, else the server's), and how its prompts are laid out.

    Raises InferenceError when there is no usable model; the message says why and what to do.
    """
    return await app.get(Host).find(name, app.get(GuildModels).find(guild_id))


async def list_models(app: App) -> list[ModelEntry]:
    """All model files, the broken ones with their reason."""
    return await asyncio.to_thread(app.get(ModelRegistry).list_models)


def build_remotes(app: App) -> Remotes:
    """The servers of the settings, not yet looked at."""
    settings = app.config.get(ModelSettings)
    limits = PeerLimits(settings.remote_parallel, settings.remote_context, settings.remote_silence_s)
    return Remotes(read_remotes(settings), limits, waiting=app.config.get(InferenceSettings).waiting)


@contextlib.asynccontextmanager
async def use_remotes(app: App) -> AsyncIterator[Remotes]:
    """The servers that this process looks after; a command looks at them for itself, once."""
    known = app.find(Remotes)
    if known is not None:
        yield known
        return
    remotes = build_remotes(app)
    await remotes.start()
    try:
        yield remotes
    finally:
        await remotes.stop()


async def check_model(app: App, name: str) -> str:
    """The full name of a model that writes text. Raises ModelNotFound, ModelRefused or BadRequestToModel."""
    if name.startswith(REMOTE):
        async with use_remotes(app) as remotes:
            if name.removeprefix(REMOTE) not in remotes.list_models():
                problem = remotes.find_problem(name.removeprefix(REMOTE)) if remotes.configured else "no servers are set"
                raise ModelNotFound(f"There is no model named {name}: {problem}.")
        return name
    registry = app.get(ModelRegistry)
    path, adapters = await asyncio.to_thread(registry.resolve, name)
    await asyncio.to_thread(registry.check, path)
    for adapter in adapters:
        await asyncio.to_thread(registry.check, Path(adapter.path))
    return "+".join((path.stem, *name.split("+")[1:])) if adapters else path.stem


async def knows_model(app: App, name: str) -> bool:
    """Whether a model of this name could be asked."""
    if name.startswith(REMOTE):
        remotes = app.find(Remotes)
        return remotes is not None and name.removeprefix(REMOTE) in remotes.list_models()
    try:
        await asyncio.to_thread(app.get(ModelRegistry).resolve, name)
    except InferenceError:
        return False
    return True


async def use_model(ctx: Ctx, name: str) -> str:
    """Choose a model and remember it; a running server changes over at once. Returns its name; empty leaves it to the server.

    Raises ModelNotFound, ModelRefused, or Conflict when agora.toml names one.
    """
    _check_free(ctx.app)
    chosen = await check_model(ctx.app, name) if name else ""
    await ctx.write(do_choose, chosen)
    return chosen


async def use_model_in_guild(ctx: Ctx, guild_id: int, name: str) -> str:
    """Choose the model of a community's agents; empty leaves it to the server. Raises ModelNotFound or ModelRefused."""
    chosen = await check_model(ctx.app, name) if name else ""
    await ctx.write(do_choose_for_guild, guild_id, chosen)
    return chosen


async def add_model(ctx: Ctx, source: Path, *, link: bool = False) -> ModelInfo:
    """Check a file of this machine and add it, as a copy or as a link. Raises ModelRefused."""
    try:
        known = await asyncio.to_thread(source.is_file)
    except OSError:
        known = False
    if not known or source.suffix != ".gguf":
        raise ModelRefused(f"{source} is no GGUF file on the server's machine.")
    return await asyncio.to_thread(ctx.app.get(ModelRegistry).add, source, link=link)


async def remove_model(ctx: Ctx, name: str) -> None:
    """Delete a file that was added. Whoever uses it changes over to the server's own. Raises ModelNotFound or Conflict."""
    if ctx.app.config.get(InferenceSettings).model.removesuffix(".gguf") == name:
        _check_free(ctx.app)
    await asyncio.to_thread(ctx.app.get(ModelRegistry).remove, name)
    await ctx.write(do_forget, name)


def list_remote_models(app: App) -> dict[str, RemoteModel]:
    """What the servers offer, by full name."""
    remotes = app.find(Remotes)
    return {REMOTE + name: model for name, model in remotes.list_models().items()} if remotes is not None else {}


def _check_free(app: App) -> None:
    fixed = app.config.get(InferenceSettings).model
    if fixed:
        raise Conflict(f"[inference] model in the settings says {fixed!r}: change it there, or leave it empty to choose here.")
