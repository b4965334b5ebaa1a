"""What others ask of models."""

from __future__ import annotations

import asyncio

from agora.domains.minds.models.choice import do_choose
from agora.domains.minds.models.host import Host
from agora.inference.layout import Style
from agora.inference.ports import Engine
from agora.inference.registry import ModelEntry, ModelRegistry
from agora.inference.settings import InferenceSettings
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.kernel.errors import Conflict


async def find_engine(app: App, name: str | None = None) -> tuple[Engine, Style]:
    """The engine that runs a model (None: the chosen one), and how its prompts are laid out.

    Raises InferenceError when there is no usable model; the message says why and what to do.
    """
    return await app.get(Host).find(name)


async def list_models(app: App) -> list[ModelEntry]:
    """All model files, the broken ones with their reason."""
    return await asyncio.to_thread(app.get(ModelRegistry).list_models)


async def use_model(ctx: Ctx, name: str) -> str:
    """Choose a model and remember it; a running server changes over at once. Returns its name.

    Raises ModelNotFound, ModelRefused, or Conflict when agora.toml names one.
    """
    fixed = ctx.app.config.get(InferenceSettings).model
    if fixed:
        raise Conflict(f"[inference] model in the settings says {fixed!r}: change it there, or leave it empty to choose here.")
    registry = ctx.app.get(ModelRegistry)
    path = await asyncio.to_thread(registry.get_path, name)
    await asyncio.to_thread(registry.check, path)
    await ctx.write(do_choose, path.stem)
    return path.stem
