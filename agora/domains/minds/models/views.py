"""What REST and commands tell of models."""

from __future__ import annotations

from typing import Any

import msgspec

from agora.domains.minds.models.choice import GuildModels
from agora.domains.minds.models.host import Host
from agora.domains.minds.models.shelf import LoadedModel
from agora.inference.chat_template import CHATML
from agora.inference.model_info import ModelInfo
from agora.inference.model_memory import estimate_memory
from agora.inference.ports import Engine, EngineLoad
from agora.inference.registry import ModelEntry
from agora.inference.remote_pool import RemoteServer
from agora.inference.remote_shapes import RemoteModel
from agora.inference.settings import InferenceSettings
from agora.kernel.app import App


class ModelView(msgspec.Struct, frozen=True, kw_only=True):
    """A model, or an adapter for one; ``problem`` says why a broken file cannot be used.

    ``kind`` is text, embedding or adapter; ``where`` is shipped, added, linked or remote. ``memory`` is reckoned, in bytes.
    """

    name: str
    in_use: bool
    problem: str | None
    kind: str = "text"
    where: str = "shipped"
    title: str | None = None
    architecture: str | None = None
    parameters: int | None = None
    context: int | None = None
    quantisation: str | None = None
    bytes: int | None = None
    memory: int | None = None
    licence: str | None = None


class ModelDetails(ModelView, frozen=True, kw_only=True):
    """Everything that is known of one. Without a template of its own the model is asked in ChatML."""

    layers: int | None = None
    width: int | None = None
    vocabulary: int | None = None
    template: str = ""
    own_template: bool = False
    metadata: dict[str, str] = {}


class EngineView(msgspec.Struct, frozen=True, kw_only=True):
    """What runs: ``state`` is stopped, starting, ready or failed; ``reason`` says why and what to do."""

    state: str
    model: str | None
    reason: str | None
    active: int
    waiting: int
    threads: int = 0
    load: EngineLoad = EngineLoad()


class LoadedView(msgspec.Struct, frozen=True):
    """What is in memory, of how many bytes at most (reckoned), and the servers of models."""

    items: list[LoadedModel]
    limit: int
    servers: list[RemoteServer]


def build_model(entry: ModelEntry, in_use: str, settings: InferenceSettings) -> ModelView:
    """One file."""
    return ModelView(**_list_fields(entry, in_use, settings))


def build_details(entry: ModelEntry, in_use: str, settings: InferenceSettings) -> ModelDetails:
    """One file with everything its head says."""
    info = entry.info
    if info is None:
        return ModelDetails(**_list_fields(entry, in_use, settings))
    return ModelDetails(
        **_list_fields(entry, in_use, settings),
        layers=info.layers,
        width=info.width,
        vocabulary=info.vocabulary,
        template=(info.template or CHATML) if info.kind == "text" else "",
        own_template=bool(info.template),
        metadata=info.metadata,
    )


def build_remote(name: str, model: RemoteModel, in_use: str) -> ModelDetails:
    """A server's model, as far as the server tells."""
    about = {"size": model.size, "digest": model.digest}
    return ModelDetails(
        name=name,
        in_use=name == in_use,
        problem=None,
        where="remote",
        architecture=model.family or None,
        context=model.context or None,
        quantisation=model.quantisation or None,
        bytes=model.bytes or None,
        licence=model.licence or None,
        template=model.template,
        own_template=bool(model.template),
        metadata={key: value for key, value in about.items() if value},
    )


def _list_fields(entry: ModelEntry, in_use: str, settings: InferenceSettings) -> dict[str, Any]:
    info: ModelInfo | None = entry.info
    if info is None:
        return {"name": entry.name, "in_use": False, "problem": entry.problem, "where": entry.where}
    return {
        "name": entry.name,
        "in_use": entry.name == in_use.partition("+")[0],
        "problem": None,
        "kind": info.kind,
        "where": entry.where,
        "title": info.title,
        "architecture": info.architecture,
        "parameters": info.parameters,
        "context": info.context,
        "quantisation": info.quantisation,
        "bytes": info.bytes,
        "memory": estimate_memory(info, settings),
        "licence": info.licence or None,
    }


def build_engine_view(app: App) -> EngineView:
    """The engine as it is now."""
    engine = app.find(Engine)
    if engine is None:
        return EngineView(state="stopped", model=None, reason="This process runs no models.", active=0, waiting=0)
    info = engine.info()
    return EngineView(
        state=info.state,
        model=info.model or None,
        reason=info.reason or None,
        active=info.active,
        waiting=info.waiting,
        threads=info.threads,
        load=info.load,
    )


def find_guild_model(app: App, guild_id: int) -> str:
    """A community's model; empty leaves it to the server."""
    models = app.find(GuildModels)
    return (models.find(guild_id) or "") if models is not None else ""


def build_loaded(app: App, servers: list[RemoteServer]) -> LoadedView:
    """What is loaded now."""
    host = app.find(Host)
    return LoadedView(host.shelf.list_loaded(), host.shelf.limit, servers) if host is not None else LoadedView([], 0, servers)
