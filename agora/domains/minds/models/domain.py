"""Models: the registry of files, the servers of models, the choices, and the engine as a part of the app."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from agora.domains.minds.models import events, http, metrics, migrations, pages, tables
from agora.domains.minds.models.choice import GuildModels, find_choice, list_guild_choices
from agora.domains.minds.models.events import GuildModelChosen, ModelChosen, ModelRemoved
from agora.domains.minds.models.host import Host
from agora.domains.minds.models.loaded import Opener
from agora.domains.minds.models.service import build_remotes
from agora.domains.minds.models.settings import ModelSettings, find_memory_limit
from agora.inference.embed_gguf import GgufEmbedder
from agora.inference.errors import InferenceError
from agora.inference.ports import Embedder, Engine
from agora.inference.registry import ModelRegistry
from agora.inference.remote_pool import Remotes
from agora.inference.settings import InferenceSettings
from agora.kernel.app import App
from agora.kernel.domain import Domain, commands_in, live
from agora.kernel.errors import SetupError
from agora.kernel.events import Recorded

USES = ()


async def open_models(app: App) -> AsyncIterator[None]:
    """Put the registry and, where this process runs models, the engine; loading goes on behind the server's start."""
    cache = app.data / "indexes" / "models"
    registry = ModelRegistry([app.root / "models"], app.data / "models", cache)
    app.put(ModelRegistry, registry)
    remotes = build_remotes(app)  # a wrong address stops the start, whoever starts
    if "inference" not in app.roles:
        yield
        return
    app.put(Remotes, remotes)
    app.put(GuildModels, GuildModels(await app.db.read(list_guild_choices)))
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(_run_host(app, registry, remotes))
        if app.config.get(ModelSettings).embedder:
            embedder = await asyncio.to_thread(_open_embedder, app.config.get(ModelSettings).embedder, registry)
            app.put(Embedder, embedder)
            stack.callback(embedder.close)
        yield


@contextlib.asynccontextmanager
async def _run_host(app: App, registry: ModelRegistry, remotes: Remotes) -> AsyncIterator[None]:
    settings, limits = app.config.get(InferenceSettings), app.config.get(ModelSettings)
    opener = Opener(settings, registry, app.data / "indexes" / "models", remotes)
    host = Host(opener, find_memory_limit(limits), limits.idle_s)
    host.choose(settings.model or await app.db.read(find_choice), strict=bool(settings.model))
    app.put(Host, host)
    app.put(Engine, host)
    if settings.engine == "fake":
        await host.start()
    task = asyncio.create_task(_run(host, remotes), name="models-load")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await host.stop()
        await remotes.stop()


async def _run(host: Host, remotes: Remotes) -> None:
    """Servers that do not answer must not hold up the model that is here."""
    async with asyncio.TaskGroup() as group:
        if remotes.configured:
            group.create_task(remotes.start())
        group.create_task(host.run())


def _open_embedder(name: str, registry: ModelRegistry) -> GgufEmbedder:
    try:
        return GgufEmbedder(registry.get_kind(name, "embedding"))
    except InferenceError as error:
        raise SetupError(f"[models] embedder: {error.message}") from error


def on_model_chosen(app: App, recorded: Recorded) -> None:
    """Change over, unless the settings name a model."""
    host = app.find(Host)
    if host is not None and isinstance(recorded.event, ModelChosen) and not app.config.get(InferenceSettings).model:
        host.choose(recorded.event.name)


def on_guild_model_chosen(app: App, recorded: Recorded) -> None:
    """From the next text on."""
    models = app.find(GuildModels)
    if models is not None and isinstance(recorded.event, GuildModelChosen):
        models.note(recorded.event.guild_id, recorded.event.name)


def on_model_removed(app: App, recorded: Recorded) -> None:
    """Unload it when it has finished what it writes."""
    host = app.find(Host)
    if host is not None and isinstance(recorded.event, ModelRemoved):
        host.forget(recorded.event.name)


DOMAIN = Domain(
    name="models",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    pages=pages.ROUTES,
    settings={"inference": InferenceSettings, "models": ModelSettings},
    metrics=metrics.ALL,
    cli=commands_in("agora.domains.minds.models.cli"),
    listeners=(
        live(ModelChosen, on_model_chosen),
        live(GuildModelChosen, on_guild_model_chosen),
        live(ModelRemoved, on_model_removed),
    ),
    lifetime=open_models,
)
