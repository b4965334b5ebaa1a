"""Reads of agents, turns and the override."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import bindparam, func, select

from agora.domains.minds.agents.agent import Agent, Traits, Turn, TurnClass, Voice
from agora.domains.minds.agents.scheduling import Waiting
from agora.domains.minds.agents.tables import agent as a
from agora.domains.minds.agents.tables import override as o
from agora.domains.minds.agents.tables import seed as s
from agora.domains.minds.agents.tables import turn as t
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

_TRAITS = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")
OPEN = ("waiting", "running")
# Asked for every message that agents hear, so compiled once.
_ENERGIES = prepare(select(a.c.id, a.c.energy, a.c.energy_at))
_ORIGIN = prepare(select(t.c.root, t.c.message_id).where(t.c.id == bindparam("id")))


class Origin(msgspec.Struct, frozen=True):
    """The message that began a turn's exchange, and the one the turn answers (None: it opens a conversation)."""

    root: int
    message_id: int | None


class Override(msgspec.Struct, frozen=True):
    """Whether a person has paused everything; who and when (UTC ms)."""

    paused: bool = False
    by: int | None = None
    at: int = 0
    reason: str = ""


def list_agents(tx: Tx) -> list[Agent]:
    """All agents, oldest first."""
    return [_agent(row) for row in tx.execute(select(a).order_by(a.c.id))]


def find_agent(tx: Tx, agent_id: int) -> Agent | None:
    """One agent."""
    row = tx.execute(select(a).where(a.c.id == agent_id)).first()
    return None if row is None else _agent(row)


def find_creator(tx: Tx, agent_id: int) -> int | None:
    """Who made an agent; None for those of the first start."""
    return tx.execute(select(a.c.created_by).where(a.c.id == agent_id)).scalar()


def find_turn(tx: Tx, turn_id: int) -> Turn | None:
    """One turn."""
    row = tx.execute(select(t).where(t.c.id == turn_id)).first()
    return None if row is None else _turn(row)


def find_turn_of_message(tx: Tx, message_id: int) -> Turn | None:
    """The turn that wrote a message."""
    row = tx.execute(select(t).where(t.c.sent_id == message_id)).first()
    return None if row is None else _turn(row)


def list_turns(
    tx: Tx, *, agent_id: int | None = None, state: str | None = None, before: int | None = None, limit: int = 50
) -> list[Turn]:
    """Turns, newest first."""
    query = select(t).order_by(t.c.id.desc()).limit(limit)
    if agent_id is not None:
        query = query.where(t.c.agent_id == agent_id)
    if state is not None:
        query = query.where(t.c.state == state)
    if before is not None:
        query = query.where(t.c.id < before)
    return [_turn(row) for row in tx.execute(query)]


def list_waiting(tx: Tx, limit: int = 2_000) -> list[Waiting]:
    """Waiting turns, the most urgent first."""
    query = select(t).where(t.c.state == "waiting").order_by(t.c.urgency, t.c.created_at).limit(limit)
    return [
        Waiting(row.id, row.agent_id, row.channel_id, row.guild_id, TurnClass(row.urgency), row.created_at, row.not_before)
        for row in tx.execute(query)
    ]


def find_waiting(tx: Tx, agent_id: int, channel_id: int) -> Turn | None:
    """The one waiting turn of an agent in a channel."""
    query = select(t).where(t.c.agent_id == agent_id, t.c.channel_id == channel_id, t.c.state == "waiting")
    row = tx.execute(query.order_by(t.c.id)).first()
    return None if row is None else _turn(row)


def count_open(tx: Tx) -> dict[int, dict[str, int]]:
    """Agent id -> state -> number of its open turns."""
    number = func.count().label("number")
    query = select(t.c.agent_id, t.c.state, number).where(t.c.state.in_(OPEN)).group_by(t.c.agent_id, t.c.state)
    counts: dict[int, dict[str, int]] = {}
    for row in tx.execute(query):
        counts.setdefault(row.agent_id, {})[row.state] = row.number
    return counts


def list_open_guilds(tx: Tx) -> set[int | None]:
    """The communities where a turn waits or runs."""
    return set(tx.execute(select(t.c.guild_id).where(t.c.state.in_(OPEN)).distinct()).scalars())


def count_exchange(tx: Tx, root: int) -> int:
    """Turns that one message has led to, those that came to nothing aside."""
    query = select(func.count()).where(t.c.root == root, t.c.state.in_((*OPEN, "done")))
    return int(tx.execute(query).scalar_one())


def list_energies(tx: Tx) -> dict[int, tuple[float, int]]:
    """Agent id -> its energy, and when it was that (UTC ms)."""
    return {row.id: (row.energy, row.energy_at) for row in tx.rows(_ENERGIES)}


def find_origin(tx: Tx, turn_id: int) -> Origin | None:
    """What a turn belongs to."""
    row = tx.row(_ORIGIN, id=turn_id)
    return None if row is None else Origin(row.root, row.message_id)


def find_override(tx: Tx) -> Override:
    """The override as it stands."""
    row = tx.execute(select(o).where(o.c.id == 1)).first()
    return Override() if row is None else Override(bool(row.paused), row.by, row.at, row.reason)


def list_seeds(tx: Tx) -> dict[str, int]:
    """What the first start has made."""
    return {row.key: row.made_id for row in tx.execute(select(s))}


def _agent(row: Any) -> Agent:
    return Agent(
        id=row.id,
        user_id=row.user_id,
        name=row.name,
        state=row.state,
        traits=Traits(*(getattr(row, trait) for trait in _TRAITS)),
        voice=Voice(tuple(msgspec.json.decode(row.interests)), row.instructions),
        translations=msgspec.json.decode(row.translations, type=dict[str, Voice]),
        languages=tuple(row.languages.split()),
        model=row.model,
        energy=row.energy,
        energy_at=row.energy_at,
        created_at=row.created_at,
    )


def _turn(row: Any) -> Turn:
    fields = dict(row._mapping)
    return Turn(**{**fields, "urgency": TurnClass(fields["urgency"])})
