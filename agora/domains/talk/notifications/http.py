"""REST of read marks."""

from __future__ import annotations

from typing import Any

import msgspec

from agora.domains.talk.notifications.service import mark_read
from agora.kernel.access import needs
from agora.kernel.http import Bucket, Request, Route
from agora.protocol.permissions import Permission


class Ack(msgspec.Struct, frozen=True):
    """Discord's body; the token has no use here."""

    token: str | None = None
    manual: bool | None = None


async def post_ack(request: Request) -> dict[str, Any]:
    """Mark as read."""
    await mark_read(request.ctx, request.id("channel_id"), request.id("message_id"))
    return {"token": None}


ROUTES = (
    Route(
        method="POST",
        path="/api/v10/channels/{channel_id}/messages/{message_id}/ack",
        handler=post_ack,
        summary="Mark a channel as read up to a message.",
        access=needs(int(Permission.VIEW_CHANNEL)),
        body=Ack,
        answer=dict[str, Any],
        bucket=Bucket("notifications.ack", 20, 5.0),
    ),
)
