"""From a scene to a request for the engine, within the budget of tokens."""

from __future__ import annotations

import re

import msgspec

from agora.domains.minds.agents.agent import Agent, Turn
from agora.domains.minds.agents.attention import roll
from agora.domains.minds.agents.settings import AgentSettings
from agora.inference.context import PrivateContext, SharedContext, Task
from agora.inference.layout import Style, build_messages, build_private, build_shared, keep_recent, list_stops
from agora.inference.ports import Engine, GenerationRequest, Priority, Sampler, Segment

_MARK = re.compile(r"<\|[a-z]+\|>")
_MARGIN = 32  # for the chat template's own words
_LEAST_LINES = 2


class Ask(msgspec.Struct, frozen=True):
    """A request, and how many of the transcript's newest messages are in it."""

    request: GenerationRequest
    seen: int


def build_ask(
    engine: Engine,
    style: Style,
    settings: AgentSettings,
    agent: Agent,
    turn: Turn,
    shared: SharedContext,
    task: Task,
    attempt: int,
) -> Ask:
    """The request for one try of one turn; a later try draws other words. The oldest messages give way to the budget."""
    voice = agent.speaks(shared.language)
    private = PrivateContext(
        name=agent.name,
        task=task,
        traits=msgspec.structs.asdict(agent.traits),
        interests=voice.interests,
        instructions=voice.instructions,
    )
    context = engine.info().context or settings.context_tokens
    budget = min(settings.context_tokens, context) - min(settings.max_tokens, context // 3) - _MARGIN
    shared = fit(engine, style, shared, private, budget)
    chat = style == "chat"
    parts = (Segment(build_shared(shared), True), Segment(build_private(private, shared), True))
    request = GenerationRequest(
        prompt=() if chat else parts,
        messages=build_messages(shared, private) if chat else (),
        max_tokens=min(settings.max_tokens, context // 3),
        stop=list_stops(style, shared, agent.name),
        sampler=choose_sampler(attempt),
        seed=int(roll(settings.seed, turn.id, attempt) * (1 << 31)),
        priority=Priority(int(turn.urgency)),
        scope=f"channel:{turn.channel_id}",
        group=f"guild:{turn.guild_id or 0}",
        owner=f"agent:{agent.id}",
    )
    return Ask(request, len(shared.lines))


def fit(engine: Engine, style: Style, shared: SharedContext, private: PrivateContext, budget: int) -> SharedContext:
    """The same context with as many of its newest lines as the budget of tokens holds, at least two."""
    most = len(shared.lines)
    while True:
        kept = msgspec.structs.replace(shared, lines=keep_recent(shared.lines, most))
        text = build_shared(kept, style) + build_private(private, kept, style)
        size = engine.count_tokens(_MARK.sub("\n", text))
        if size <= budget or len(kept.lines) <= _LEAST_LINES:
            return kept
        # In steps of four: a number that changed with every message would move the beginning with it.
        fitting = len(kept.lines) * budget // max(1, size)
        most = max(_LEAST_LINES, min(len(kept.lines) - 1, fitting - fitting % 4))


def choose_sampler(attempt: int) -> Sampler:
    """Livelier with each try, so that a line that was refused is not written again."""
    return Sampler(
        temperature=min(1.2, 0.8 + 0.15 * attempt),
        top_p=0.95,
        min_p=0.05,
        repeat_penalty=1.0 + 0.05 * min(attempt, 4),
    )
