"""The agents of a place."""

from __future__ import annotations

from agora.domains.minds.agents import Agent, Roster
from agora.domains.place.permissions import Directory
from agora.domains.talk.interactions import Choice, Invocation
from agora.kernel.ctx import Ctx
from agora.kernel.errors import NotFound
from agora.kernel.i18n import t


def list_here(ctx: Ctx, channel_id: int) -> list[Agent]:
    """The agents that see the channel, by name."""
    viewers = ctx.app.get(Directory).viewers(channel_id)
    return sorted((agent for agent in ctx.app.get(Roster).all() if agent.user_id in viewers), key=lambda agent: agent.name.lower())


def get_here(ctx: Ctx, channel_id: int, name: str) -> Agent:
    """The agent of this name or id. Raises NotFound, in the asker's language."""
    wanted = name.removeprefix("@").strip().lower()
    for agent in list_here(ctx, channel_id):
        if wanted in (agent.name.lower(), str(agent.id), str(agent.user_id)):
            return agent
    raise NotFound(t(ctx.locale, "commands.no_agent", name=name[:40]))


async def complete(ctx: Ctx, invocation: Invocation) -> tuple[Choice, ...]:
    """The names that begin with what was typed, then those that contain it."""
    typed = str(invocation.values.get(invocation.focused, "")).lower()
    names = [agent.name for agent in list_here(ctx, invocation.interaction.channel_id) if typed in agent.name.lower()]
    names.sort(key=lambda name: not name.lower().startswith(typed))
    return tuple(Choice(name=name, value=name) for name in names)
