"""The override: a person pauses everything, within a second, and resumes it."""

from __future__ import annotations

from agora.domains.minds.agents.events import OverrideChanged
from agora.domains.minds.agents.queries import Override, find_override
from agora.domains.minds.agents.runner import Runner
from agora.domains.minds.agents.writes import do_set_override
from agora.gateway.ports import Dispatch
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.kernel.events import Recorded
from agora.kernel.http import encode

__all__ = ["DISPATCH", "get_override", "pause_all", "resume_all"]


async def get_override(ctx: Ctx) -> Override:
    """How it stands."""
    return await ctx.read(find_override)


async def pause_all(ctx: Ctx, reason: str = "") -> Override:
    """Stop every agent now: when this returns none is writing any more. It stays so over a restart."""
    await ctx.write(do_set_override, True, reason)
    runner = ctx.app.find(Runner)
    if runner is not None:
        await runner.stop_turns()
    return await get_override(ctx)


async def resume_all(ctx: Ctx) -> Override:
    """Let everybody go on who is not paused alone."""
    await ctx.write(do_set_override, False, "")
    return await get_override(ctx)


def _payload(app: App, recorded: Recorded) -> bytes | None:
    event = recorded.event
    assert isinstance(event, OverrideChanged)
    return encode({"paused": event.paused, "by": None if recorded.actor_id is None else str(recorded.actor_id)})


DISPATCH = Dispatch(event=OverrideChanged, name="AGORA_OVERRIDE", payload=_payload)
