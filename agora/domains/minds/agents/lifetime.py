"""Starts and stops what agents do in the background; only in a process with the role ``agents``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

from agora.domains.minds.agents import events
from agora.domains.minds.agents.openings import open_conversations
from agora.domains.minds.agents.queries import find_override, list_agents
from agora.domains.minds.agents.readiness import find_silence
from agora.domains.minds.agents.roster import Roster
from agora.domains.minds.agents.runner import Runner
from agora.domains.minds.agents.summarising import Summariser
from agora.domains.talk.presence import set_presence
from agora.kernel.app import App
from agora.kernel.bus import Whisper
from agora.kernel.ctx import system
from agora.kernel.events import EVERYBODY, Recorded
from agora.kernel.http import encode

log = logging.getLogger(__name__)
TICK_S = 3.0
"""How often the agents' own clock is looked at."""


async def open_agents(app: App) -> AsyncIterator[None]:
    """Agents and the override into memory; then the runner and the agents' own clock."""
    override = await app.db.read(find_override)
    app.put(Roster, Roster(await app.db.read(list_agents), override.paused))
    if "agents" not in app.roles:
        yield
        return
    show_presence(app)
    summariser = Summariser(app)
    app.put(Summariser, summariser)
    runner = Runner(app)
    app.put(Runner, runner)
    tasks = [asyncio.create_task(runner.run(), name="agents-runner"), asyncio.create_task(_tick(app), name="agents-clock")]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await summariser.close()
    await runner.close()


async def _tick(app: App) -> None:
    silence = find_silence(app)
    while True:
        await asyncio.sleep(TICK_S)
        try:
            if (now := find_silence(app)) != silence:
                silence = now
                _tell_silence(app, silence)
            await open_conversations(system(app))
        except Exception:
            log.exception("the agents' own clock failed; it goes on")


def _tell_silence(app: App, silence: str | None) -> None:
    """The page says at once when the model comes or goes."""
    body = encode({"paused": app.get(Roster).paused, "silent": silence})
    app.bus.whisper(Whisper("AGORA_OVERRIDE", body, EVERYBODY))


def show_presence(app: App) -> None:
    """Agents are online while they may speak, idle while they are paused."""
    roster = app.get(Roster)
    for agent in roster.all():
        set_presence(app, agent.user_id, "online" if roster.may_speak(agent.id) else "idle")


def on_change(app: App, recorded: Recorded) -> None:
    """Runs after the roster has taken the same event: stop what may not go on, begin what may."""
    runner = app.find(Runner)
    if runner is None:
        return
    match recorded.event:
        case events.OverrideChanged(paused=True):
            runner.interrupt()
            app.get(Summariser).interrupt()
        case events.AgentPaused(agent_id=agent_id):
            runner.interrupt(lambda turn: turn.agent_id == agent_id)
        case events.AgentDeleted(agent_id=agent_id, user_id=user_id):
            runner.interrupt(lambda turn: turn.agent_id == agent_id)
            set_presence(app, user_id, "offline")
    if not isinstance(recorded.event, events.TurnQueued):
        show_presence(app)
    runner.wake()
