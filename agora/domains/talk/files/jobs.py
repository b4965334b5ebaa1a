"""Scheduled work on files."""

from __future__ import annotations

from agora.domains.talk.files.settings import AttachmentSettings
from agora.domains.talk.files.writes import SWEEP, do_sweep
from agora.kernel.ctx import Ctx


async def sweep(ctx: Ctx) -> None:
    """Remove uploads that never became part of a message, and those whose message is gone."""
    grace_ms = ctx.app.config.get(AttachmentSettings).orphan_minutes * 60_000
    while await ctx.write(do_sweep, ctx.app.clock.now_ms() - grace_ms) == SWEEP:
        pass
