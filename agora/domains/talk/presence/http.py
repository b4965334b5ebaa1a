"""REST: https://discord.com/developers/docs/resources/channel#trigger-typing-indicator."""

from __future__ import annotations

from typing import Any

from agora.domains.talk.presence.kept import SettingsPatch, change_settings, own_settings
from agora.domains.talk.presence.service import start_typing
from agora.kernel.access import needs
from agora.kernel.http import Bucket, Request, Route
from agora.protocol.permissions import Permission


async def post_typing(request: Request) -> None:
    """Show it."""
    await start_typing(request.ctx, request.id("channel_id"))


async def get_settings(request: Request) -> dict[str, Any]:
    """One's own status."""
    return await own_settings(request.ctx)


async def patch_settings(request: Request) -> dict[str, Any]:
    """Set it."""
    return await change_settings(request.ctx, request.body)


_SETTINGS = "/api/v10/users/@me/settings"

ROUTES = (
    Route(
        method="GET",
        path=_SETTINGS,
        handler=get_settings,
        summary="The status and the custom status of the caller.",
        answer=dict[str, Any],
    ),
    Route(
        method="PATCH",
        path=_SETTINGS,
        handler=patch_settings,
        summary="Set status and custom status, on all devices.",
        body=SettingsPatch,
        answer=dict[str, Any],
        bucket=Bucket("presence.settings", 10, 20.0),
    ),
    Route(
        method="POST",
        path="/api/v10/channels/{channel_id}/typing",
        handler=post_typing,
        summary="Show that one is writing.",
        access=needs(int(Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES)),
        status=204,
        bucket=Bucket("presence.typing", 5, 5.0, by="channel_id"),
    ),
)
