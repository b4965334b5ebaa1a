"""REST: the models of this server, and which one runs."""

from __future__ import annotations

import msgspec

from agora.domains.minds.models.service import list_models, use_model
from agora.inference.ports import Engine
from agora.inference.registry import ModelEntry
from agora.kernel.access import OWNER
from agora.kernel.app import App
from agora.kernel.http import Bucket, Request, Route

MODELS = "/api/agora/models"


class ModelView(msgspec.Struct, frozen=True, kw_only=True):
    """A model file; ``problem`` says why a broken one cannot be used."""

    name: str
    in_use: bool
    problem: str | None
    title: str | None = None
    architecture: str | None = None
    parameters: int | None = None
    context: int | None = None
    quantisation: str | None = None
    bytes: int | None = None
    licence: str | None = None


class EngineView(msgspec.Struct, frozen=True, kw_only=True):
    """What runs: ``state`` is stopped, starting, ready or failed; ``reason`` says why and what to do."""

    state: str
    model: str | None
    reason: str | None
    active: int
    waiting: int


class ModelPage(msgspec.Struct, frozen=True):
    """All model files, and the engine."""

    items: list[ModelView]
    engine: EngineView
    next: str | None = None


class UseBody(msgspec.Struct, frozen=True):
    """The name of a model; empty leaves the choice to the server."""

    name: str


def build_model(entry: ModelEntry, in_use: str) -> ModelView:
    """One file."""
    info = entry.info
    if info is None:
        return ModelView(name=entry.name, in_use=False, problem=entry.problem)
    return ModelView(
        name=entry.name,
        in_use=entry.name == in_use,
        problem=None,
        title=info.title,
        architecture=info.architecture,
        parameters=info.parameters,
        context=info.context,
        quantisation=info.quantisation,
        bytes=info.bytes,
        licence=info.licence or None,
    )


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
    )


async def get_models(request: Request) -> ModelPage:
    """All models."""
    engine = build_engine_view(request.ctx.app)
    entries = await list_models(request.ctx.app)
    return ModelPage([build_model(entry, engine.model or "") for entry in entries], engine)


async def put_use(request: Request) -> dict[str, str]:
    """Choose a model."""
    body: UseBody = request.body
    return {"name": await use_model(request.ctx, body.name)}


ROUTES = (
    Route(
        method="GET",
        path=MODELS,
        handler=get_models,
        summary="The models of this server, the broken ones with their reason, and the engine's state.",
        answer=ModelPage,
    ),
    Route(
        method="PUT",
        path=MODELS + "/use",
        handler=put_use,
        summary="Choose the model to run; the server changes over at once.",
        access=OWNER,
        body=UseBody,
        answer=dict[str, str],
        bucket=Bucket("models.use", 5, 10.0),
    ),
)
