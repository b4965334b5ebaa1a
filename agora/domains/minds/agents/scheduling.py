"""Which waiting turns run next. Pure: no clock, no database.

Order: urgency, then the guild and the agent served longest ago, then age. Turns that wait grow more urgent with time
(never as urgent as a person who waits), so none starves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from agora.domains.minds.agents.agent import TurnClass

AGING_MS = 60_000
"""So long a turn waits to become one class more urgent."""


class Waiting(msgspec.Struct, frozen=True):
    """A turn as the scheduler sees it."""

    turn_id: int
    agent_id: int
    channel_id: int
    guild_id: int | None
    urgency: TurnClass
    since: int
    not_before: int = 0


class Served(msgspec.Struct):
    """When (a growing count) each guild and agent was last served; forgets nothing while the server runs."""

    count: int = 0
    guilds: dict[int, int] = {}
    agents: dict[int, int] = {}

    def note(self, turn: Waiting) -> None:
        """A turn has begun."""
        self.count += 1
        self.guilds[turn.guild_id or 0] = self.count
        self.agents[turn.agent_id] = self.count


def choose(waiting: Sequence[Waiting], running: Mapping[int, Waiting], slots: int, served: Served, now: int) -> list[Waiting]:
    """Turns to begin now, at most what ``slots`` leave free; ``running`` maps turn ids to turns.

    An agent runs one turn at a time. In one channel agents speak one after another, so that each hears the one before;
    only a person who waits is answered beside them. One slot stays free for people when there are several.
    """
    busy = {turn.agent_id for turn in running.values()}
    talking = {turn.channel_id for turn in running.values()}
    free = slots - len(running)
    spare = free - 1 if slots > 1 else free
    chosen: list[Waiting] = []
    pending = [turn for turn in waiting if turn.not_before <= now and turn.turn_id not in running]
    guilds, agents, count = dict(served.guilds), dict(served.agents), served.count
    while pending and len(chosen) < free:
        pending.sort(key=lambda turn: _rank(turn, guilds, agents, now))
        turn = pending.pop(0)
        person = turn.urgency == TurnClass.WAITING_PERSON
        if turn.agent_id in busy or (not person and (turn.channel_id in talking or len(chosen) >= spare)):
            continue
        chosen.append(turn)
        count += 1
        busy.add(turn.agent_id)
        talking.add(turn.channel_id)
        guilds[turn.guild_id or 0] = agents[turn.agent_id] = count
    return chosen


def _rank(turn: Waiting, guilds: Mapping[int, int], agents: Mapping[int, int], now: int) -> tuple[int, int, int, int, int]:
    return (
        grown(turn, now),
        guilds.get(turn.guild_id or 0, 0),
        agents.get(turn.agent_id, 0),
        turn.since,
        turn.turn_id,
    )


def grown(turn: Waiting, now: int) -> int:
    """A turn's class with its age taken into account."""
    if turn.urgency == TurnClass.WAITING_PERSON:
        return turn.urgency
    return max(TurnClass.MENTION, turn.urgency - max(0, now - turn.since) // AGING_MS)
