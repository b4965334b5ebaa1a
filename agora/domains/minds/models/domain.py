"""Models: the registry of files, the choice, and the engine as a part of the app."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import typer

from agora.domains.minds.models import events, http, metrics, migrations, tables
from agora.domains.minds.models.choice import find_choice
from agora.domains.minds.models.events import ModelChosen
from agora.domains.minds.models.host import Host
from agora.domains.minds.models.settings import ModelSettings
from agora.inference.ports import Engine
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings
from agora.kernel.app import App
from agora.kernel.domain import Domain, live
from agora.kernel.events import Recorded

USES = ()


async def open_models(app: App) -> AsyncIterator[None]:
    """Put the registry and, where this process runs models, the engine; loading goes on behind the server's start."""
    settings = app.config.get(InferenceSettings)
    cache = app.data / "indexes" / "models"
    registry = ModelRegistry([app.root / "models"], app.data / "models", cache)
    app.put(ModelRegistry, registry)
    if "inference" not in app.roles:
        yield
        return
    host = Host(settings, registry, cache)
    host.choose(settings.model or await app.db.read(find_choice))
    app.put(Host, host)
    app.put(Engine, host)
    if settings.engine == "fake":
        await host.start()
        yield
    else:
        task = asyncio.create_task(host.run(), name="models-load")
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await host.stop()


def on_model_chosen(app: App, recorded: Recorded) -> None:
    """Change over, unless the settings name a model."""
    host = app.find(Host)
    if host is not None and isinstance(recorded.event, ModelChosen) and not app.config.get(InferenceSettings).model:
        host.choose(recorded.event.name)


def build_cli() -> typer.Typer:
    """The commands ``agora model …``, imported only when somebody asks for them."""
    from agora.domains.minds.models.cli import cli

    return cli


DOMAIN = Domain(
    name="models",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    settings={"inference": InferenceSettings, "models": ModelSettings},
    metrics=metrics.ALL,
    cli=build_cli,
    listeners=(live(ModelChosen, on_model_chosen),),
    lifetime=open_models,
)
