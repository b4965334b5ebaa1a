"""Work on a schedule."""

from __future__ import annotations

from agora.domains.minds.agents.settings import AgentSettings
from agora.domains.minds.agents.turns import do_prune_turns
from agora.kernel.ctx import Ctx

DAY_MS = 86_400_000


async def prune_turns(ctx: Ctx) -> None:
    """Forget old turns that left no message; those of messages stay as receipts."""
    keep_ms = ctx.app.config.get(AgentSettings).keep_turns_d * DAY_MS
    await ctx.write(do_prune_turns, ctx.app.clock.now_ms() - keep_ms)
