"""Changes of agents, the override and what the first start made. Those of turns are in ``turns.py``."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import delete, insert, update
from sqlalchemy.dialects.sqlite import insert as upsert

from agora.domains.minds.agents import events
from agora.domains.minds.agents.agent import Agent
from agora.domains.minds.agents.energy import recover, spend
from agora.domains.minds.agents.queries import find_agent
from agora.domains.minds.agents.tables import agent as a
from agora.domains.minds.agents.tables import override as o
from agora.domains.minds.agents.tables import seed as s
from agora.domains.minds.agents.turns import do_cancel_waiting
from agora.kernel.events import EVERYBODY
from agora.kernel.tx import Tx


def do_create_agent(tx: Tx, agent: Agent) -> None:
    """Store a new agent; its user exists already."""
    creator = tx.ctx.actor.user_id or None
    tx.execute(insert(a).values(id=agent.id, created_by=creator, **_columns(agent)))
    tx.emit(events.AgentCreated(agent=agent), EVERYBODY)


def do_update_agent(tx: Tx, agent: Agent) -> None:
    """Store an agent as it is now; its energy is left alone."""
    columns = {k: v for k, v in _columns(agent).items() if k not in ("energy", "energy_at", "created_at", "state")}
    tx.execute(update(a).where(a.c.id == agent.id).values(**columns))
    tx.emit(events.AgentUpdated(agent=agent), EVERYBODY)


def do_pause_agent(tx: Tx, agent_id: int) -> None:
    """Pause one agent; doing it again changes nothing and says nothing."""
    changed = tx.execute(update(a).where(a.c.id == agent_id, a.c.state == "active").values(state="paused"))
    if changed.rowcount:
        tx.emit(events.AgentPaused(agent_id=agent_id), EVERYBODY)


def do_resume_agent(tx: Tx, agent_id: int) -> None:
    """Let one agent take part again."""
    changed = tx.execute(update(a).where(a.c.id == agent_id, a.c.state == "paused").values(state="active"))
    if changed.rowcount:
        tx.emit(events.AgentResumed(agent_id=agent_id), EVERYBODY)


def do_delete_agent(tx: Tx, agent: Agent) -> None:
    """Remove an agent; its ended turns stay as receipts of what it wrote."""
    do_cancel_waiting(tx, "the agent was removed", agent_id=agent.id)
    tx.execute(delete(a).where(a.c.id == agent.id))
    tx.emit(events.AgentDeleted(agent_id=agent.id, user_id=agent.user_id), EVERYBODY)


def do_spend(tx: Tx, agent_id: int, price: float, recovery_ms: int) -> None:
    """Take energy from an agent, after what it has recovered until now."""
    agent = find_agent(tx, agent_id)
    if agent is None:
        return
    left = spend(recover(agent.energy, tx.now_ms - agent.energy_at, recovery_ms), price)
    tx.execute(update(a).where(a.c.id == agent_id).values(energy=left, energy_at=tx.now_ms))


def do_set_override(tx: Tx, paused: bool, reason: str) -> None:
    """Pause or resume everything."""
    values = {"paused": paused, "by": tx.ctx.actor.user_id or None, "at": tx.now_ms, "reason": reason}
    statement = upsert(o).values(id=1, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
    tx.emit(events.OverrideChanged(paused=paused), EVERYBODY)


def do_note_seed(tx: Tx, key: str, made_id: int) -> None:
    """The first start has made this."""
    tx.execute(upsert(s).values(key=key, made_id=made_id).on_conflict_do_nothing())


def _columns(agent: Agent) -> dict[str, Any]:
    return {
        "user_id": agent.user_id,
        "name": agent.name,
        "state": agent.state,
        **msgspec.structs.asdict(agent.traits),
        "interests": msgspec.json.encode(agent.voice.interests).decode(),
        "instructions": agent.voice.instructions,
        "translations": msgspec.json.encode(agent.translations).decode(),
        "languages": " ".join(agent.languages),
        "model": agent.model,
        "energy": agent.energy,
        "energy_at": agent.energy_at,
        "created_at": agent.created_at,
    }
