"""Agents, turns and the override as JSON. Ids are strings, times UTC milliseconds."""

from __future__ import annotations

from typing import Any

import msgspec

from agora.domains.minds.agents.agent import Agent, Traits, Turn, Voice
from agora.domains.minds.agents.energy import recover
from agora.domains.minds.agents.pace import PACES
from agora.domains.minds.agents.queries import Override
from agora.domains.minds.agents.readiness import find_silence
from agora.domains.minds.agents.roster import Roster
from agora.domains.minds.agents.runner import Runner
from agora.domains.minds.agents.settings import AgentSettings
from agora.domains.place.accounts import Users
from agora.kernel.app import App


class QueueView(msgspec.Struct, frozen=True):
    """An agent's open turns; more than ``limit`` never wait."""

    waiting: int
    running: int
    limit: int


class BudgetView(msgspec.Struct, frozen=True):
    """What one turn may use: tokens of the reply and of the prompt, seconds."""

    max_tokens: int
    context_tokens: int
    timeout_s: int


class AgentView(msgspec.Struct, frozen=True, kw_only=True):
    """One agent with its queue, its budgets and its last error."""

    id: str
    user_id: str
    name: str
    username: str | None
    avatar: str | None
    state: str
    traits: Traits
    interests: tuple[str, ...]
    instructions: str
    translations: dict[str, Voice]
    languages: tuple[str, ...]
    model: str | None
    energy: float
    queue: QueueView
    budget: BudgetView
    last_error: str | None
    created_at: int


class TurnView(msgspec.Struct, frozen=True, kw_only=True, rename={"urgency": "class"}):
    """One turn. ``class``: person, mention, reply, ambient or background."""

    id: str
    agent_id: str
    channel_id: str
    guild_id: str | None
    trigger_id: str
    trigger_message_id: str | None
    message_id: str | None
    urgency: str
    state: str
    depth: int
    reason: str
    outcome: str
    attempts: int
    merged: int
    created_at: int
    started_at: int | None
    finished_at: int | None


class OverrideView(msgspec.Struct, frozen=True, kw_only=True):
    """The override, how many turns run at this moment, and why agents cannot speak although nobody paused them (no model)."""

    paused: bool
    by: str | None
    at: int | None
    reason: str
    running: int
    agents: int
    silent: str | None


class Page(msgspec.Struct, frozen=True):
    """A page of a list; ``next`` is the cursor for ``after`` or ``before``, null at the end."""

    items: list[Any]
    next: str | None = None


def build_agent(app: App, agent: Agent, open_turns: dict[str, int]) -> AgentView:
    """One agent, with the numbers of its open turns by state."""
    settings = app.config.get(AgentSettings)
    user = app.get(Users).get(agent.user_id)
    runner = app.find(Runner)
    energy = recover(agent.energy, app.clock.now_ms() - agent.energy_at, PACES[settings.pace].recovery_ms)
    return AgentView(
        id=str(agent.id),
        user_id=str(agent.user_id),
        name=agent.name,
        username=user.username if user is not None else None,
        avatar=user.avatar if user is not None else None,
        state=agent.state,
        traits=agent.traits,
        interests=agent.voice.interests,
        instructions=agent.voice.instructions,
        translations=agent.translations,
        languages=agent.languages,
        model=agent.model,
        energy=round(energy, 3),
        queue=QueueView(open_turns.get("waiting", 0), open_turns.get("running", 0), settings.queue),
        budget=BudgetView(settings.max_tokens, settings.context_tokens, settings.timeout_s),
        last_error=runner.errors.get(agent.id) if runner is not None else None,
        created_at=agent.created_at,
    )


def build_turn(turn: Turn) -> TurnView:
    """One turn."""
    return TurnView(
        id=str(turn.id),
        agent_id=str(turn.agent_id),
        channel_id=str(turn.channel_id),
        guild_id=_id(turn.guild_id),
        trigger_id=str(turn.trigger_id),
        trigger_message_id=_id(turn.message_id),
        message_id=_id(turn.sent_id),
        urgency=turn.urgency.word,
        state=turn.state,
        depth=turn.depth,
        reason=turn.reason,
        outcome=turn.outcome,
        attempts=turn.attempts,
        merged=turn.merged,
        created_at=turn.created_at,
        started_at=turn.started_at,
        finished_at=turn.finished_at,
    )


def build_override(app: App, override: Override) -> OverrideView:
    """The override as it stands."""
    runner = app.find(Runner)
    return OverrideView(
        paused=override.paused,
        by=_id(override.by),
        at=override.at or None,
        reason=override.reason,
        running=len(runner.list_running()) if runner is not None else 0,
        agents=len(app.get(Roster).all()),
        silent=find_silence(app),
    )


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)
