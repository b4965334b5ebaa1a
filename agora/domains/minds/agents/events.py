"""What happens to agents and their turns."""

from __future__ import annotations

from agora.domains.minds.agents.agent import Agent
from agora.kernel.events import Event


class AgentCreated(Event, frozen=True, kw_only=True):
    """A new agent."""

    agent: Agent


class AgentUpdated(Event, frozen=True, kw_only=True):
    """Its description changed."""

    agent: Agent


class AgentPaused(Event, frozen=True, kw_only=True):
    """It neither listens nor speaks until it is resumed; a running turn is stopped."""

    agent_id: int


class AgentResumed(Event, frozen=True, kw_only=True):
    """It takes part again."""

    agent_id: int


class AgentDeleted(Event, frozen=True, kw_only=True):
    """It is gone; what its user wrote stays."""

    agent_id: int
    user_id: int


class TurnQueued(Event, frozen=True, kw_only=True):
    """A turn waits, or a waiting one took in another trigger."""

    turn_id: int
    agent_id: int


class TurnEnded(Event, frozen=True, kw_only=True):
    """A turn is over for good: ``state`` is done, failed or cancelled."""

    turn_id: int
    agent_id: int
    state: str
    outcome: str
    sent_id: int | None = None


class OverrideChanged(Event, frozen=True, kw_only=True):
    """Everything was paused or resumed by hand."""

    paused: bool


ALL = (
    AgentCreated,
    AgentUpdated,
    AgentPaused,
    AgentResumed,
    AgentDeleted,
    TurnQueued,
    TurnEnded,
    OverrideChanged,
)
