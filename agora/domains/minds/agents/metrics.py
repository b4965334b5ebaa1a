"""Metrics of agents."""

from agora.domains.minds.agents.roster import Roster
from agora.kernel.app import App
from agora.kernel.metrics import Reading, counter, histogram

TURNS = counter("agora_agent_turns_total", "Turns of agents that ended, by outcome", ("state",))
SUMMARIES = counter("agora_agent_summaries_total", "Summaries of old history, by what became of them", ("state",))
SPOKEN = histogram("agora_agent_answer_seconds", "From a turn's begin of waiting to its message")


def _count_agents(app: App) -> float:
    roster = app.find(Roster)
    return 0.0 if roster is None else float(len(roster.all()))


def _is_paused(app: App) -> float:
    roster = app.find(Roster)
    return 1.0 if roster is not None and roster.paused else 0.0


ALL = (
    TURNS,
    SPOKEN,
    SUMMARIES,
    Reading("agora_agents", "Agents", _count_agents),
    Reading("agora_agents_paused", "1 while everything is paused by hand", _is_paused),
)
