"""Agents: who they are, when they speak, and how they are stopped."""

from agora.domains.minds.agents.agent import Agent, Traits, Turn, TurnClass, Voice
from agora.domains.minds.agents.events import (
    AgentCreated,
    AgentDeleted,
    AgentPaused,
    AgentResumed,
    AgentUpdated,
    OverrideChanged,
    TurnEnded,
    TurnQueued,
)
from agora.domains.minds.agents.override import get_override, pause_all, resume_all
from agora.domains.minds.agents.persona import PersonaPrompt, build_persona_prompt
from agora.domains.minds.agents.roster import Roster
from agora.domains.minds.agents.service import (
    AgentEdit,
    NewAgent,
    create_agent,
    delete_agent,
    edit_agent,
    get_agent,
    pause_agent,
    resume_agent,
)

__all__ = [
    "Agent",
    "AgentCreated",
    "AgentDeleted",
    "AgentEdit",
    "AgentPaused",
    "AgentResumed",
    "AgentUpdated",
    "NewAgent",
    "OverrideChanged",
    "PersonaPrompt",
    "Roster",
    "Traits",
    "Turn",
    "TurnClass",
    "TurnEnded",
    "TurnQueued",
    "Voice",
    "build_persona_prompt",
    "create_agent",
    "delete_agent",
    "edit_agent",
    "get_agent",
    "get_override",
    "pause_agent",
    "pause_all",
    "resume_agent",
    "resume_all",
]
