"""What a request may name as its model: a file of the registry, or ``agent:NAME``."""

from __future__ import annotations

from pathlib import Path

import msgspec

from agora.domains.minds.agents import Agent, Roster
from agora.domains.minds.models import (
    Host,
    ModelSettings,
    find_engine,
    knows_model,
    list_models,
    list_remote_models,
)
from agora.inference.errors import EngineStopped, ModelNotFound
from agora.inference.layout import Style
from agora.inference.ports import Engine
from agora.inference.registry import ModelEntry
from agora.kernel.app import App
from agora.kernel.errors import Conflict

AGENT = "agent:"
LATEST = ":latest"
EMBEDDER = "all-minilm-l6-v2"
_EMBEDDER_NAMES = (EMBEDDER, "all-minilm")


class Target(msgspec.Struct, frozen=True):
    """Who writes: an engine with its prompt style, in the person of an agent or as itself."""

    name: str
    engine: Engine
    style: Style
    agent: Agent | None = None


async def find_target(app: App, name: str) -> Target:
    """The writer of this name. Raises ModelNotFound, Conflict for a paused agent, InferenceError without a usable model."""
    if app.find(Host) is None:
        raise EngineStopped("This process runs no models.")
    if name.startswith(AGENT):
        agent = find_agent(app, name)
        check_awake(app, agent)
        engine, style = await find_engine(app, agent.model)
        return Target(name, engine, style, agent)
    bare = name.removesuffix(LATEST)
    for known in (bare, name):  # the names of some servers' models end with :latest themselves
        if known in await list_names(app) or await knows_model(app, known):
            engine, style = await find_engine(app, known)
            return Target(name, engine, style)
    raise ModelNotFound(f"There is no model named {name!r}; GET /v1/models lists them.")


def find_agent(app: App, name: str) -> Agent:
    """The agent behind ``agent:NAME``; exact case first. Raises ModelNotFound."""
    wanted = name.removeprefix(AGENT).removesuffix(LATEST)
    agents = list_agents(app)
    for agent in agents:
        if agent.name == wanted:
            return agent
    for agent in agents:
        if agent.name.casefold() == wanted.casefold():
            return agent
    raise ModelNotFound(f"There is no agent named {wanted!r}; GET /v1/models lists them.")


def check_awake(app: App, agent: Agent) -> None:
    """Raises Conflict while a person has paused the agent, or everything: then it does not speak here either."""
    if not app.get(Roster).may_speak(agent.id):
        raise Conflict(f"{agent.name} is paused.")


async def list_files(app: App) -> list[ModelEntry]:
    """The model files that can be used to write."""
    return [entry for entry in await list_models(app) if entry.info is not None and entry.info.kind == "text"]


async def list_names(app: App) -> list[str]:
    """The model in use, then the other files, then the models of other servers."""
    running = app.get(Host).info().model
    files = [entry.name for entry in await list_files(app)]
    return list(dict.fromkeys([*([running] if running else []), *files, *list_remote_models(app)]))


def changed_ms(entry: ModelEntry) -> int:
    """When a file was last changed (UTC ms); 0 for one that is gone."""
    try:
        return Path(entry.path).stat().st_mtime_ns // 1_000_000
    except OSError:
        return 0


def list_agents(app: App) -> list[Agent]:
    """All agents, oldest first."""
    return app.get(Roster).all()


def find_embedder(app: App) -> str:
    """The name of the embedding model in use."""
    return app.config.get(ModelSettings).embedder or EMBEDDER


def check_embedder(app: App, name: str) -> None:
    """Raises ModelNotFound for any other embedding model."""
    known = find_embedder(app)
    names = (known.lower(), *(_EMBEDDER_NAMES if known == EMBEDDER else ()))
    if name.removesuffix(LATEST).lower() not in names:
        raise ModelNotFound(f"There is no embedding model named {name!r}; this server has {known}.")
