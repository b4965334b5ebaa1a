"""Scheduled work on webhooks."""

from __future__ import annotations

from agora.domains.talk.webhooks.settings import WebhookSettings
from agora.domains.talk.webhooks.target_writes import do_drop_dead
from agora.kernel.ctx import Ctx

_DAY_MS = 86_400_000


async def forget_dead(ctx: Ctx) -> None:
    """Dead letters are kept for ``keep_dead_d`` days."""
    before_ms = ctx.app.clock.now_ms() - ctx.app.config.get(WebhookSettings).keep_dead_d * _DAY_MS
    await ctx.write(do_drop_dead, before_ms=before_ms)
