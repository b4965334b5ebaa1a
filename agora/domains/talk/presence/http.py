"""REST: https://discord.com/developers/docs/resources/channel#trigger-typing-indicator."""

from __future__ import annotations

from agora.domains.talk.presence.service import start_typing
from agora.kernel.access import needs
from agora.kernel.http import Bucket, Request, Route
from agora.protocol.permissions import Permission


async def post_typing(request: Request) -> None:
    """Show it."""
    await start_typing(request.ctx, request.id("channel_id"))


ROUTES = (
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
