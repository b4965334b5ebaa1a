"""READY and GUILD_CREATE: put together from what the domains offer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from agora.gateway.outgoing import Introduction, derived
from agora.gateway.ports import GuildPart, ReadyPart, Visibility
from agora.gateway.session import Session
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.kernel.http import encode
from agora.protocol import API_VERSION


class Introducer:
    """Builds what a client is told first."""

    def __init__(self, app: App) -> None:
        self._visibility: Visibility = app.get(Visibility)
        self._ready = app.offers(ReadyPart)
        self._guild = app.offers(GuildPart)

    async def build(self, ctx: Ctx, session: Session, url: str) -> list[Introduction]:
        """READY, then one GUILD_CREATE for each of the user's guilds in the session's shard."""
        guild_ids = [g for g in self._visibility.guilds_of(session.user_id) if session.wants(g)]
        mark = derived(ctx.app.ledger.last_seq)
        ready: dict[str, Any] = {
            "v": API_VERSION,
            "session_id": session.session_id,
            "resume_gateway_url": url,
            "shard": session.shard,
            "guilds": [{"id": str(guild_id), "unavailable": True} for guild_id in guild_ids],
            "application": {"id": str(session.user_id), "flags": 0},
            "private_channels": [],
        }
        for part in self._ready:
            ready[part.key] = await part.build(ctx)
        items = [Introduction("READY", encode(ready), mark)]
        for guild_id in guild_ids:
            item = await self.guild(ctx, guild_id, ctx.app.ledger.last_seq, known=True)
            if item is not None:
                items.append(item)
        return items

    async def guild(self, ctx: Ctx, guild_id: int, seq: int, *, known: bool = False) -> Introduction | None:
        """GUILD_CREATE; None when the guild or the membership has ended in the meantime.

        For one that READY named (``known``) it says ``unavailable: false``; without that clients take it for one that was joined.
        """
        if guild_id not in self._visibility.guilds_of(ctx.actor.user_id):
            return None
        body: dict[str, Any] = {"unavailable": False} if known else {}
        for part in self._guild:
            value = await part.build(ctx, guild_id)
            if part.key:
                body[part.key] = value
            elif value is not None:
                body.update(value if isinstance(value, Mapping) else msgspec.to_builtins(value))
        return Introduction("GUILD_CREATE", encode(body), derived(seq))
