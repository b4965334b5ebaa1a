"""Ollama's interface: what there is to ask."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from agora import __version__
from agora.domains.minds.serving.callers import check_caller
from agora.domains.minds.serving.names import AGENT, LATEST, changed_ms, find_agent, list_agents, list_files
from agora.domains.minds.serving.ollama import build_time
from agora.domains.minds.serving.ollama_shapes import Details, Show, ShowBody, Tag, Tags, Version
from agora.inference.errors import ModelNotFound
from agora.inference.model_info import ModelInfo
from agora.inference.registry import ModelEntry, ModelRegistry
from agora.kernel.app import App
from agora.kernel.http import Request


async def get_version(request: Request) -> Version:
    """Agora's version."""
    return Version(__version__)


async def get_tags(request: Request) -> Tags:
    """Model files and agents."""
    check_caller(request)
    app = request.ctx.app
    files = [await asyncio.to_thread(_tag, app, entry) for entry in await list_files(app)]
    return Tags([*files, *(_agent_tag(app, agent.name, agent.created_at) for agent in list_agents(app))])


async def post_show(request: Request) -> Show:
    """One model file, or an agent."""
    check_caller(request)
    body: ShowBody = request.body
    app = request.ctx.app
    if body.model.startswith(AGENT):
        agent = find_agent(app, body.model)
        return Show(_AGENT_DETAILS, {}, ["completion"], build_time(app, agent.created_at))
    for entry in await list_files(app):
        if entry.info is not None and entry.name == body.model.removesuffix(LATEST):
            info = entry.info
            changed = build_time(app, changed_ms(entry))
            return Show(_details(info), info.metadata, ["completion"], changed, info.template, license=info.licence)
    raise ModelNotFound(f"There is no model named {body.model!r}; GET /api/tags lists them.")


_AGENT_DETAILS = Details("agent", "", "", format="")


def _tag(app: App, entry: ModelEntry) -> Tag:
    assert entry.info is not None
    digest = app.get(ModelRegistry).hash_file(Path(entry.path))
    name = entry.name + LATEST
    return Tag(name, name, build_time(app, changed_ms(entry)), entry.info.bytes, digest, _details(entry.info))


def _agent_tag(app: App, name: str, created_at: int) -> Tag:
    """An agent has no file: its digest is that of its name."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    return Tag(AGENT + name, AGENT + name, build_time(app, created_at), 0, digest, _AGENT_DETAILS)


def _details(info: ModelInfo) -> Details:
    size = info.parameters / 1e6
    shown = f"{size / 1000:.1f}B" if size >= 1000 else f"{size:.1f}M"
    return Details(info.architecture, shown, info.quantisation, families=[info.architecture])
