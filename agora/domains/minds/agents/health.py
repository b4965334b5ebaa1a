"""What ``/readyz`` says about agents."""

from __future__ import annotations

from agora.domains.minds.agents.readiness import describe_model, is_model_ready
from agora.domains.minds.agents.roster import Roster
from agora.domains.minds.agents.runner import Runner
from agora.kernel.app import App
from agora.kernel.readiness import Health


async def check_agents(app: App) -> Health:
    """Whether agents speak. People can use the server without them, so this is never required."""
    roster, runner = app.find(Roster), app.find(Runner)
    if roster is None or runner is None:
        return Health("degraded", "this process runs no agents")
    if roster.paused:
        return Health("ready", "all agents are paused by hand: resume them on the page or with agora agent resume --all")
    if not is_model_ready(app):
        state, reason = describe_model(app)
        return Health("degraded", f"agents are silent: {reason or f'the model engine is {state}'}")
    if runner.breaker.is_open:
        return Health("degraded", "the model has failed several times in a row and is left alone for a while")
    return Health("ready")
