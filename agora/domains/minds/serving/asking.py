"""From a conversation in either shape to a request for the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from agora.domains.minds.agents import build_persona_prompt
from agora.domains.minds.serving.names import Target
from agora.domains.minds.serving.settings import ServingSettings
from agora.domains.place.accounts import Users
from agora.inference.context import Line
from agora.inference.errors import BadRequestToModel
from agora.inference.grammar import any_json_object, compile_json_schema
from agora.inference.layout import ChatMessage, Style
from agora.inference.liveliness import choose_sampler
from agora.inference.ports import GenerationRequest, Sampler, text_prompt
from agora.kernel.ctx import Ctx


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller asks besides the words; None leaves it to the server."""

    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    grammar: str | None = None
    drawing: Mapping[str, float] = msgspec.field(default_factory=dict)
    """Fields of the sampler that the caller set."""


class Ask(msgspec.Struct, frozen=True):
    """A request, and what to take out of the answer: space before its first word; an agent's own name, and others' lines."""

    request: GenerationRequest
    trim: bool = False
    name: str | None = None
    others: frozenset[str] = frozenset()


def read_drawing(**given: float | None) -> dict[str, float]:
    """What the caller said about how words are drawn."""
    return {name: value for name, value in given.items() if value is not None}


def build_sampler(style: Style, drawing: Mapping[str, float]) -> Sampler:
    """The sampler that suits the model, as the agents' own turns have it, with what the caller gave."""
    return msgspec.structs.replace(choose_sampler(0, style), **drawing)


def read_stop(given: str | Sequence[str] | None) -> tuple[str, ...]:
    """One stop string or several."""
    if given is None:
        return ()
    return tuple(text for text in ((given,) if isinstance(given, str) else given) if text)


def build_grammar(schema: Any) -> str:
    """The grammar of a JSON schema, or of any JSON object for None."""
    return any_json_object() if schema is None else compile_json_schema(schema)


def ask_chat(ctx: Ctx, target: Target, messages: Sequence[ChatMessage], wish: Wish) -> Ask:
    """Answer a conversation: by the model's own chat template, or as the agent."""
    if not any(message.content.strip() for message in messages):
        raise BadRequestToModel("The conversation is empty.")
    if target.agent is None:
        return Ask(_build(ctx, target.style, wish, messages=tuple(messages)), trim=True)
    agent = target.agent
    user = ctx.app.get(Users).get(ctx.actor.user_id)
    asker = user.display_name if user is not None else "User"
    lines = [
        Line(agent.name if message.role == "assistant" else asker, message.content, is_person=message.role == "user")
        for message in messages
        if message.role != "system"
    ]
    rules = "\n".join(message.content for message in messages if message.role == "system")
    room = wish.max_tokens or ctx.app.config.get(ServingSettings).max_tokens
    persona = build_persona_prompt(ctx.app, target.engine, target.style, agent, lines, rules, room)
    stop = tuple(dict.fromkeys((*wish.stop, *persona.stop)))
    request = _build(ctx, target.style, msgspec.structs.replace(wish, stop=stop), prompt=persona.prompt, messages=persona.messages)
    return Ask(request) if wish.grammar else Ask(request, name=agent.name, others=frozenset({asker}))


def ask_text(ctx: Ctx, target: Target, prompt: str, wish: Wish) -> Ask:
    """Go on from a plain text, without any template. An agent has no such prompt."""
    if target.agent is not None:
        raise BadRequestToModel("An agent answers conversations: use /v1/chat/completions or /api/chat.")
    return Ask(_build(ctx, target.style, wish, prompt=text_prompt(prompt)))


def _build(ctx: Ctx, style: Style, wish: Wish, **words: Any) -> GenerationRequest:
    """Evaluated tokens are shared between requests of one user only."""
    most = ctx.app.config.get(ServingSettings).max_tokens
    return GenerationRequest(
        max_tokens=most if wish.max_tokens is None else min(wish.max_tokens, most),
        stop=wish.stop,
        sampler=build_sampler(style, wish.drawing),
        seed=wish.seed,
        grammar=wish.grammar,
        scope=f"serving:{ctx.actor.user_id}",
        **words,
    )
