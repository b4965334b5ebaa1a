"""Forgetting: interactions whose token is over, and what ended communities had."""

from __future__ import annotations

from collections.abc import Sequence

from agora.domains.place.guilds import GuildDeleted
from agora.domains.talk.interactions.settings import InteractionSettings
from agora.domains.talk.interactions.writes import do_forget_guild, do_prune
from agora.kernel.ctx import Ctx
from agora.kernel.domain import Effect
from agora.kernel.events import Recorded
from agora.kernel.tx import Tx


async def prune(ctx: Ctx) -> None:
    """Forget interactions that can no longer be answered."""
    minutes = ctx.app.config.get(InteractionSettings).token_min
    await ctx.write(do_prune, ctx.app.clock.now_ms() - minutes * 60_000)


async def on_guild_deleted(ctx: Ctx, batch: Sequence[Recorded]) -> Effect | None:
    """Its commands and rules go with it."""
    guilds = [each.event.guild.id for each in batch if isinstance(each.event, GuildDeleted)]

    def forget(tx: Tx) -> None:
        for guild_id in guilds:
            do_forget_guild(tx, guild_id)

    return forget
