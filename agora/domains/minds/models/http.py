"""REST: the models of this server, which one runs, what is in memory, and the servers of models."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from agora.domains.minds.models.host import Host
from agora.domains.minds.models.loaded import REMOTE
from agora.domains.minds.models.service import (
    add_model,
    list_models,
    list_remote_models,
    remove_model,
    use_model,
    use_model_in_guild,
    use_remotes,
)
from agora.domains.minds.models.views import (
    EngineView,
    LoadedView,
    ModelDetails,
    ModelView,
    build_details,
    build_engine_view,
    build_loaded,
    build_model,
    build_remote,
    find_guild_model,
)
from agora.inference.errors import EngineStopped, ModelNotFound
from agora.inference.registry import ModelRegistry
from agora.inference.remote_pool import Remotes
from agora.inference.settings import InferenceSettings
from agora.kernel.access import OWNER, needs
from agora.kernel.app import App
from agora.kernel.http import Bucket, Request, Route
from agora.protocol.permissions import Permission

MODELS = "/api/agora/models"
_CHANGE = Bucket("models.use", 5, 10.0)


class ModelPage(msgspec.Struct, frozen=True):
    """All models, and the engine."""

    items: list[ModelView]
    engine: EngineView
    next: str | None = None


class UseBody(msgspec.Struct, frozen=True):
    """The name of a model, also with adapters (``model+adapter@0.5``); empty leaves the choice to the server."""

    name: str


class AddBody(msgspec.Struct, frozen=True):
    """A GGUF file of the server's machine, to be copied or linked."""

    path: str
    link: bool = False


class GuildModel(msgspec.Struct, frozen=True):
    """The model of a community's agents that have none of their own; empty leaves it to the server."""

    name: str


async def get_models(request: Request) -> ModelPage:
    """All models, those of servers last."""
    app = request.ctx.app
    engine = build_engine_view(app)
    settings, in_use = app.config.get(InferenceSettings), engine.model or ""
    files = [build_model(entry, in_use, settings) for entry in await list_models(app)]
    remote = [build_remote(name, model, in_use) for name, model in list_remote_models(app).items()]
    return ModelPage([*files, *(msgspec.convert(msgspec.to_builtins(one), ModelView) for one in remote)], engine)


async def get_model(request: Request) -> ModelDetails:
    """One model."""
    return await find_details(request.ctx.app, str(request.path["name"]))


async def find_details(app: App, name: str) -> ModelDetails:
    """One model with everything its head says. Raises ModelNotFound."""
    in_use = build_engine_view(app).model or ""
    if name.startswith(REMOTE):
        async with use_remotes(app) as remotes:
            model = await remotes.describe(name.removeprefix(REMOTE))
        if model is None:
            raise ModelNotFound(f"No server offers a model named {name.removeprefix(REMOTE)}.")
        return build_remote(name, model, in_use)
    entry = await asyncio.to_thread(app.get(ModelRegistry).find, name)
    if entry is None:
        raise ModelNotFound(f"There is no model named {name}; GET {MODELS} lists them.")
    return build_details(entry, in_use, app.config.get(InferenceSettings))


async def post_model(request: Request) -> ModelDetails:
    """Add a file."""
    body: AddBody = request.body
    info = await add_model(request.ctx, Path(body.path), link=body.link)
    return await find_details(request.ctx.app, info.name)


async def delete_model(request: Request) -> None:
    """Remove a file."""
    await remove_model(request.ctx, str(request.path["name"]))


async def put_use(request: Request) -> dict[str, str]:
    """Choose a model."""
    body: UseBody = request.body
    return {"name": await use_model(request.ctx, body.name)}


async def get_loaded(request: Request) -> LoadedView:
    """What is in memory."""
    remotes = request.ctx.app.find(Remotes)
    return build_loaded(request.ctx.app, remotes.list_servers() if remotes is not None else [])


async def post_load(request: Request) -> LoadedView:
    """Load a model now instead of at its first text."""
    body: UseBody = request.body
    await get_host(request).find(body.name)
    return await get_loaded(request)


async def post_unload(request: Request) -> LoadedView:
    """Unload a model; the chosen one stays."""
    body: UseBody = request.body
    host = get_host(request)
    if body.name != host.shelf.pinned:
        host.shelf.retire(body.name)
    return await get_loaded(request)


def get_host(request: Request) -> Host:
    """Raises EngineStopped where no models run."""
    host = request.ctx.app.find(Host)
    if host is None:
        raise EngineStopped("This process runs no models.")
    return host


async def post_look(request: Request) -> LoadedView:
    """Ask the servers of models how they are, now."""
    remotes = request.ctx.app.find(Remotes)
    if remotes is not None and remotes.configured:
        await remotes.start()
        await remotes.look()
    return await get_loaded(request)


async def get_guild_model(request: Request) -> GuildModel:
    """A community's model."""
    return GuildModel(find_guild_model(request.ctx.app, request.id("guild_id")))


async def put_guild_model(request: Request) -> GuildModel:
    """Choose a community's model."""
    body: GuildModel = request.body
    return GuildModel(await use_model_in_guild(request.ctx, request.id("guild_id"), body.name))


ROUTES = (
    Route(
        method="GET",
        path=MODELS,
        handler=get_models,
        summary="The models of this server, the broken ones with their reason, and the engine's state.",
        answer=ModelPage,
    ),
    Route(
        method="POST",
        path=MODELS,
        handler=post_model,
        summary="Add a GGUF file of the server's machine, as a copy or as a link.",
        access=OWNER,
        body=AddBody,
        answer=ModelDetails,
        status=201,
        bucket=_CHANGE,
    ),
    Route(
        method="PUT",
        path=MODELS + "/use",
        handler=put_use,
        summary="Choose the model to run; the server changes over at once.",
        access=OWNER,
        body=UseBody,
        answer=dict[str, str],
        bucket=_CHANGE,
    ),
    Route(
        method="GET",
        path=MODELS + "/loaded",
        handler=get_loaded,
        summary="The models in memory, the limit, and the servers of models.",
        access=OWNER,
        answer=LoadedView,
    ),
    Route(
        method="POST",
        path=MODELS + "/load",
        handler=post_load,
        summary="Load a model now instead of at its first text.",
        access=OWNER,
        body=UseBody,
        answer=LoadedView,
        bucket=_CHANGE,
    ),
    Route(
        method="POST",
        path=MODELS + "/unload",
        handler=post_unload,
        summary="Unload a model when it has finished what it writes; the chosen one stays.",
        access=OWNER,
        body=UseBody,
        answer=LoadedView,
        bucket=_CHANGE,
    ),
    Route(
        method="POST",
        path=MODELS + "/look",
        handler=post_look,
        summary="Ask the servers of models now whether they are well and what they offer.",
        access=OWNER,
        answer=LoadedView,
        bucket=_CHANGE,
    ),
    Route(
        method="GET",
        path=MODELS + "/{name:.+}",
        handler=get_model,
        summary="One model: architecture, size, context, licence, quantisation, template.",
        answer=ModelDetails,
    ),
    Route(
        method="DELETE",
        path=MODELS + "/{name:.+}",
        handler=delete_model,
        summary="Remove a file that was added; whoever uses it changes over to the server's own model.",
        access=OWNER,
        status=204,
        bucket=_CHANGE,
    ),
    Route(
        method="GET",
        path="/api/agora/guilds/{guild_id}/model",
        handler=get_guild_model,
        summary="The model of a community's agents; empty leaves it to the server.",
        access=needs(int(Permission.MANAGE_GUILD)),
        answer=GuildModel,
    ),
    Route(
        method="PUT",
        path="/api/agora/guilds/{guild_id}/model",
        handler=put_guild_model,
        summary="Choose the model of a community's agents that have none of their own.",
        access=needs(int(Permission.MANAGE_GUILD)),
        body=GuildModel,
        answer=GuildModel,
        bucket=_CHANGE,
    ),
)
