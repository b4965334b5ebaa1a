"""A webhook as Discord's object, and as the author of a message."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.place.accounts import Users, build_user
from agora.domains.talk.messages import Origin
from agora.domains.talk.webhooks.model import Webhook
from agora.domains.talk.webhooks.tokens import WebhookTokens
from agora.kernel.app import App
from agora.kernel.http import encode
from agora.protocol.message_types import MessageType
from agora.protocol.payloads import User


class WebhookObject(msgspec.Struct, frozen=True, kw_only=True):
    """Discord's incoming webhook. Who comes with the token is not told who made it."""

    id: str
    name: str
    channel_id: str
    guild_id: str
    avatar: str | None
    type: int = 1
    application_id: str | None = None
    token: str
    url: str
    user: Any = UNSET


def build_webhook(app: App, webhook: Webhook, *, with_user: bool) -> WebhookObject:
    """The payload."""
    token = app.get(WebhookTokens).build(webhook.id)
    creator = app.get(Users).get(webhook.creator_id) if with_user else None
    user: Any | UnsetType = UNSET if creator is None else build_user(creator)
    return WebhookObject(
        id=str(webhook.id),
        name=webhook.name,
        channel_id=str(webhook.channel_id),
        guild_id=str(webhook.guild_id),
        avatar=webhook.avatar,
        token=token,
        url=f"{app.url}/api/v10/webhooks/{webhook.id}/{token}",
        user=user,
    )


def build_origin(webhook: Webhook, username: str | None) -> Origin:
    """How its messages tell who speaks: under the webhook's name, or one for this message alone."""
    author = User(id=str(webhook.id), username=username or webhook.name, avatar=webhook.avatar, discriminator="0000", bot=True)
    keys = encode({"author": author, "webhook_id": str(webhook.id)}).decode()
    return Origin(type=int(MessageType.DEFAULT), flags=0, keys=keys)
