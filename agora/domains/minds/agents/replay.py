"""A turn run again: the same prompt, model, seed and sampler, alone and in deterministic mode. Nothing is posted or stored."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import msgspec

from agora.domains.minds.agents.agent import Turn
from agora.domains.minds.agents.queries import find_turn, find_turn_of_message
from agora.domains.minds.agents.scene import Said, Scene, build_shared_context, find_said
from agora.domains.minds.agents.summary_queries import find_summary
from agora.domains.place.permissions import Directory
from agora.inference.context import Language
from agora.inference.layout import ChatMessage, Style, build_shared
from agora.inference.ports import Engine, GenerationRequest, GenerationResult, Sampler, Segment, complete
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings
from agora.inference.start import build_engine
from agora.kernel.app import App
from agora.kernel.ctx import system
from agora.kernel.errors import Conflict, NotFound


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt keeps beside the ids of the messages, so that the request can be built once more.

    The transcript is not in it: it is read again, so that a deleted message is not kept anywhere.
    """

    style: Style
    language: Language
    rest: tuple[Segment, ...] = ()
    """The prompt after its shared part; for a chat model `messages` instead."""
    messages: tuple[ChatMessage, ...] = ()
    stop: tuple[str, ...]
    max_tokens: int
    text_hash: str
    """SHA-256 of the text as the model wrote it, before it was cleaned."""
    deterministic: bool


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. ``differs`` names what is no longer as it was (nothing: the text alone, if it is not the same)."""

    turn_id: str
    same: bool
    text: str
    deterministic: bool
    """Whether the reply was written in deterministic mode; only then the same text is to be expected."""
    differs: tuple[str, ...]


class _Receipt(msgspec.Struct, frozen=True):
    """The parts of a stored receipt that a replay needs."""

    message_ids: tuple[str, ...]
    model: str
    model_hash: str
    prompt_hash: str
    seed: int
    sampler: Sampler
    summary_id: str | None = None
    replay: Script | None = None


def build_script(style: Style, language: Language, request: GenerationRequest, text: str, *, deterministic: bool) -> Script:
    """What to keep of a request whose first part is the shared one, and of the text it led to."""
    return Script(
        style=style,
        language=language,
        rest=request.prompt[1:],
        messages=request.messages[1:],
        stop=request.stop,
        max_tokens=request.max_tokens,
        text_hash=hash_text(text),
        deterministic=deterministic,
    )


def hash_text(text: str) -> str:
    """SHA-256 of its UTF-8, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def hide_script(receipt: str) -> dict[str, Any]:
    """A receipt for everybody who may see the message: what the agent alone was told is left out."""
    body: dict[str, Any] = msgspec.json.decode(receipt)
    body.pop("replay", None)
    return body


async def replay_turn(app: App, some_id: int) -> Replayed:
    """Run a turn again by its id or its message's.

    Raises NotFound without such a turn or its model, Conflict where its messages or channel are gone, InferenceError.
    """
    turn = await _find(app, some_id)
    kept = msgspec.json.decode(turn.receipt or "{}", type=_Receipt)
    if kept.replay is None:
        raise Conflict("This turn's receipt is from a time when it did not keep what a replay needs.")
    request = await _build_request(app, turn, kept, kept.replay)
    engine = await asyncio.to_thread(_build_engine, app, kept.model)
    await engine.start()
    try:
        model_hash = engine.info().model_hash
        result = await complete(engine, request)
    finally:
        await engine.stop()
    return Replayed(
        turn_id=str(turn.id),
        same=hash_text(result.text) == kept.replay.text_hash,
        text=result.text,
        deterministic=kept.replay.deterministic,
        differs=_list_differences(kept, model_hash, result),
    )


async def _find(app: App, some_id: int) -> Turn:
    ctx = system(app)
    turn = await ctx.read(find_turn, some_id) or await ctx.read(find_turn_of_message, some_id)
    if turn is None:
        raise NotFound(f"There is no turn and no agent's message {some_id}.")
    if turn.receipt is None:
        raise NotFound(f"The turn {some_id} wrote nothing that could be written again.")
    return turn


async def _build_request(app: App, turn: Turn, kept: _Receipt, script: Script) -> GenerationRequest:
    channel = app.get(Directory).channel(turn.channel_id)
    if channel is None:
        raise Conflict("The turn's channel is gone.")
    lines: list[Said] = await system(app).read(find_said, [int(one) for one in kept.message_ids], turn.message_id)
    if len(lines) < len(kept.message_ids):
        raise Conflict("Messages that the agent had before it have been deleted since.")
    before = await system(app).read(find_summary, int(kept.summary_id)) if kept.summary_id else None
    if kept.summary_id and before is None:
        raise Conflict("The summary of older messages that the agent had before it has been dropped since.")
    context = build_shared_context(app, channel, Scene(tuple(lines), None), script.language, before)
    shared = build_shared(context, script.style)
    first = ChatMessage("system", shared)
    return GenerationRequest(
        prompt=() if script.style == "chat" else (Segment(shared, control=True), *script.rest),
        messages=(first, *script.messages) if script.style == "chat" else (),
        max_tokens=script.max_tokens,
        stop=script.stop,
        sampler=kept.sampler,
        seed=kept.seed,
    )


def _build_engine(app: App, model: str) -> Engine:
    settings = app.config.get(InferenceSettings)
    registry, cache = app.get(ModelRegistry), app.data / "indexes" / "models"
    if settings.engine == "fake":
        return build_engine(settings, registry, cache)
    path, adapters = registry.resolve(model)
    return build_engine(
        msgspec.structs.replace(settings, model=str(path), deterministic=True), registry, cache, adapters, name=model
    )


def _list_differences(kept: _Receipt, model_hash: str, result: GenerationResult) -> tuple[str, ...]:
    found = []
    if model_hash != kept.model_hash:
        found.append("the model's file is another one")
    if result.receipt.prompt_hash != kept.prompt_hash:
        found.append("the prompt is another one: messages, names, rules or topic were changed")
    return tuple(found)
