"""From a scene to a request for the engine, within the budget of tokens."""

from __future__ import annotations

import msgspec

from agora.domains.minds.agents.agent import Agent, Turn
from agora.domains.minds.agents.attention import roll
from agora.domains.minds.agents.settings import AgentSettings
from agora.inference.context import PrivateContext, SharedContext, Task
from agora.inference.fitting import MARGIN, fit
from agora.inference.layout import Style, build_messages, build_private, build_shared, list_stops
from agora.inference.liveliness import choose_sampler
from agora.inference.ports import Engine, GenerationRequest, Priority, Segment


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
    budget = min(settings.context_tokens, context) - min(settings.max_tokens, context // 3) - MARGIN
    shared = fit(engine, style, shared, private, budget)
    chat = style == "chat"
    parts = (Segment(build_shared(shared), True), Segment(build_private(private, shared), True))
    request = GenerationRequest(
        prompt=() if chat else parts,
        messages=build_messages(shared, private) if chat else (),
        max_tokens=min(settings.max_tokens, context // 3),
        stop=list_stops(style, shared, agent.name),
        sampler=choose_sampler(attempt, style),
        seed=int(roll(settings.seed, turn.id, attempt) * (1 << 31)),
        priority=Priority(int(turn.urgency)),
        scope=f"channel:{turn.channel_id}",
        group=f"guild:{turn.guild_id or 0}",
        owner=f"agent:{agent.id}",
        private=1,
    )
    return Ask(request, len(shared.lines))
