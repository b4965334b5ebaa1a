"""What is done about accounts by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.place.accounts.tokens import DAY_MS
from agora.domains.place.accounts.writes import do_prune

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

KEPT_DAYS = 30


async def prune(ctx: Ctx) -> None:
    """Forget tokens, sessions and links that ended a month ago."""
    await ctx.write(do_prune, ctx.app.clock.now_ms() - KEPT_DAYS * DAY_MS)
