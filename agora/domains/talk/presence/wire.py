"""Presence and typing as Discord's payloads."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from agora.domains.place.guilds import build_member
from agora.domains.place.permissions import ChannelFacts, Directory
from agora.domains.talk.presence.state import Shown
from agora.kernel.app import App
from agora.protocol.payloads import Presence

_CLIENTS = ("online", "idle", "dnd")


def build_presence(user_id: int, shown: Shown, guild_id: int | None = None) -> Presence:
    """PRESENCE_UPDATE with its guild, or an entry of GUILD_CREATE without."""
    return Presence(
        user={"id": str(user_id)},
        guild_id=UNSET if guild_id is None else str(guild_id),
        status=shown.status,
        activities=shown.activities,
        client_status={"web": shown.status} if shown.status in _CLIENTS else {},
    )


def build_typing(app: App, channel: ChannelFacts, user_id: int, now_ms: int) -> dict[str, Any]:
    """TYPING_START; its time is in seconds."""
    payload: dict[str, Any] = {
        "channel_id": str(channel.id),
        "user_id": str(user_id),
        "timestamp": now_ms // 1000,
    }
    if channel.guild_id is not None:
        payload["guild_id"] = str(channel.guild_id)
        member = app.get(Directory).member(channel.guild_id, user_id)
        if member is not None:
            payload["member"] = build_member(app, member)
    return payload
