"""The agents' own clock: after a long enough silence one of them opens a conversation, if it has the energy."""

from __future__ import annotations

from collections.abc import Container, Sequence

import msgspec

from agora.domains.minds.agents.agent import Agent, TurnClass
from agora.domains.minds.agents.attention import roll
from agora.domains.minds.agents.energy import recover
from agora.domains.minds.agents.pace import PACES, Pace
from agora.domains.minds.agents.queries import count_open, list_agents, list_open_guilds
from agora.domains.minds.agents.readiness import is_model_ready
from agora.domains.minds.agents.roster import Roster
from agora.domains.minds.agents.settings import AgentSettings
from agora.domains.minds.agents.turns import NewTurn, do_queue_turn
from agora.domains.place.permissions import ChannelFacts, Directory
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.kernel.ids import created_ms
from agora.kernel.tx import Tx
from agora.protocol.channel_types import ChannelType
from agora.protocol.permissions import Permission

ENERGY_NEEDED = 0.5
_NEEDED = int(Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES)


class Spot(msgspec.Struct, frozen=True):
    """A channel where agents could speak up, and who could."""

    channel: ChannelFacts
    agents: tuple[Agent, ...]


async def open_conversations(ctx: Ctx) -> int:
    """Queue an opening in each community that has been silent for long enough; returns how many."""
    app = ctx.app
    settings = app.config.get(AgentSettings)
    roster = app.get(Roster)
    if not settings.openings or roster.paused or not is_model_ready(app):
        return 0
    silent = [spots for guild in app.get(Directory).guilds() if (spots := _find_spots(app, guild.id)) and is_silent(app, spots)]
    if not silent:
        return 0
    rested, talking = await ctx.read(_find_rest, PACES[settings.pace])
    opened = 0
    for spots in silent:
        if spots[0].channel.guild_id in talking:
            continue  # somebody is about to speak there
        turn = choose_opening(spots, rested, settings.seed, app.clock.now_ms())
        if turn is not None:
            await ctx.write(do_queue_turn, turn, room=settings.queue, exchange=settings.exchange)
            opened += 1
    return opened


def _find_spots(app: App, guild_id: int) -> list[Spot]:
    directory, roster = app.get(Directory), app.get(Roster)
    members = set(directory.members(guild_id))
    able = [agent for agent in roster.all() if agent.user_id in members and roster.may_speak(agent.id)]
    spots = []
    for channel in directory.channels(guild_id) if able else ():
        if channel.type != ChannelType.GUILD_TEXT:
            continue
        here = tuple(a for a in able if directory.permissions(a.user_id, channel.id) & _NEEDED == _NEEDED)
        if here:
            spots.append(Spot(channel, here))
    return spots


def is_silent(app: App, spots: Sequence[Spot]) -> bool:
    """Nobody has written in any of these channels for the pace's time, give or take chance."""
    settings = app.config.get(AgentSettings)
    newest = max(spot.channel.last_message_id or 0 for spot in spots)
    if newest == 0:
        return True
    patience = PACES[settings.pace].opening_ms * (0.7 + 0.9 * roll(settings.seed, newest))
    return app.clock.now_ms() - created_ms(newest) >= patience


def _find_rest(tx: Tx, pace: Pace) -> tuple[set[int], set[int | None]]:
    """Agents that have energy and nothing to do; communities where a turn is open."""
    busy = count_open(tx)
    energies = {a.id: recover(a.energy, tx.now_ms - a.energy_at, pace.recovery_ms) for a in list_agents(tx)}
    rested = {agent_id for agent_id, energy in energies.items() if agent_id not in busy and energy >= ENERGY_NEEDED}
    return rested, list_open_guilds(tx)


def choose_opening(spots: Sequence[Spot], rested: Container[int], seed: int, now: int) -> NewTurn | None:
    """Which agent speaks up and where: the outgoing and curious more often, and any channel as often as another.

    The very first words of a community are said in its first channel, where a newcomer looks.
    """
    ready = [(spot, [agent for agent in spot.agents if agent.id in rested]) for spot in spots]
    ready = [(spot, agents) for spot, agents in ready if agents]
    if not ready:
        return None
    fresh = all(spot.channel.last_message_id is None for spot in spots)
    spot, agents = ready[0] if fresh else max(ready, key=lambda pair: roll(seed, now, pair[0].channel.id))
    agent = max(agents, key=lambda a: roll(seed, now, a.id) * (0.3 + a.traits.extraversion + 0.5 * a.traits.openness))
    return NewTurn(
        agent_id=agent.id,
        channel_id=spot.channel.id,
        guild_id=spot.channel.guild_id,
        urgency=TurnClass.BACKGROUND,
        reason="own clock",
    )
