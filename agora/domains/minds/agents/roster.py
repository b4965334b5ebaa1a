"""``Roster``: the agents and the override in memory, kept fresh by live listeners. Energy is not here: it is read when needed."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from agora.domains.minds.agents import events
from agora.domains.minds.agents.agent import Agent, AgentState
from agora.kernel.app import App
from agora.kernel.auth import Actor
from agora.kernel.events import Recorded

MOST_SPOKEN = 10_000


class Roster:
    """Who the agents are. ``paused`` is the override: everything rests by a person's hand."""

    def __init__(self, agents: Iterable[Agent], paused: bool) -> None:
        self.paused = paused
        self._agents = {agent.id: agent for agent in agents}
        self._by_user = {agent.user_id: agent.id for agent in self._agents.values()}
        self._spoken: dict[tuple[int, int], int] = {}

    def get(self, agent_id: int) -> Agent | None:
        """One agent."""
        return self._agents.get(agent_id)

    def by_user(self, user_id: int) -> Agent | None:
        """The agent that speaks as this user."""
        return self._agents.get(self._by_user.get(user_id, 0))

    def all(self) -> list[Agent]:
        """All agents, oldest first."""
        return list(self._agents.values())

    def may_speak(self, agent_id: int) -> bool:
        """Neither it nor everything is paused."""
        agent = self._agents.get(agent_id)
        return agent is not None and agent.state == "active" and not self.paused

    def last_spoken(self, agent_id: int, channel_id: int) -> int | None:
        """When it last spoke in a channel (UTC ms), since the server's start."""
        return self._spoken.get((agent_id, channel_id))

    def note_spoken(self, user_id: int, channel_id: int, at: int) -> None:
        """A bot has spoken; only agents are remembered, in at most so many places."""
        agent_id = self._by_user.get(user_id)
        if agent_id is None:
            return
        self._spoken.pop((agent_id, channel_id), None)
        self._spoken[agent_id, channel_id] = at
        if len(self._spoken) > MOST_SPOKEN:
            del self._spoken[next(iter(self._spoken))]

    def put(self, agent: Agent) -> None:
        """It is new, or changed; whether it is paused is told by other events."""
        before = self._agents.get(agent.id)
        self._agents[agent.id] = msgspec.structs.replace(agent, state=before.state) if before else agent
        self._by_user[agent.user_id] = agent.id

    def set_state(self, agent_id: int, state: AgentState) -> None:
        """It was paused or resumed."""
        agent = self._agents.get(agent_id)
        if agent is not None:
            self._agents[agent_id] = msgspec.structs.replace(agent, state=state)

    def drop(self, agent_id: int) -> None:
        """It is gone."""
        agent = self._agents.pop(agent_id, None)
        if agent is not None:
            self._by_user.pop(agent.user_id, None)


def act_as(agent: Agent) -> Actor:
    """The agent as an actor: with its own permissions, no others."""
    return Actor(user_id=agent.user_id, is_bot=True, via="agent", locale=agent.languages[0] if agent.languages else "en")


def on_agent(app: App, recorded: Recorded) -> None:
    """An agent was made, changed, paused, resumed or removed."""
    roster = app.find(Roster)
    if roster is None:
        return
    match recorded.event:
        case events.AgentCreated(agent=agent) | events.AgentUpdated(agent=agent):
            roster.put(agent)
        case events.AgentPaused(agent_id=agent_id):
            roster.set_state(agent_id, "paused")
        case events.AgentResumed(agent_id=agent_id):
            roster.set_state(agent_id, "active")
        case events.AgentDeleted(agent_id=agent_id):
            roster.drop(agent_id)
        case events.OverrideChanged(paused=paused):
            roster.paused = paused
