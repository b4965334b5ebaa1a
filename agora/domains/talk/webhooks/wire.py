"""A webhook as Discord's object, and as the author of a message."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.place.accounts import Users, build_user
from agora.domains.place.permissions import Directory
from agora.domains.talk.messages import Origin
from agora.domains.talk.webhooks.model import Webhook
from agora.domains.talk.webhooks.tokens import WebhookTokens
from agora.kernel.app import App
from agora.kernel.http import encode
from agora.protocol.message_types import MessageType
from agora.protocol.payloads import MessageReference, User

INCOMING, FOLLOWER = 1, 2  # Discord's types of webhooks


class SourceGuild(msgspec.Struct, frozen=True):
    """The community whose channel is followed."""

    id: str
    name: str
    icon: str | None


class SourceChannel(msgspec.Struct, frozen=True):
    """The channel that is followed."""

    id: str
    name: str


class WebhookObject(msgspec.Struct, frozen=True, kw_only=True):
    """Discord's webhook, incoming or following. Who comes with the token is not told who made it."""

    id: str
    name: str
    channel_id: str
    guild_id: str
    avatar: str | None
    type: int = INCOMING
    application_id: str | None = None
    token: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    user: Any = UNSET
    source_guild: SourceGuild | UnsetType = UNSET
    source_channel: SourceChannel | UnsetType = UNSET


def build_webhook(app: App, webhook: Webhook, *, with_user: bool) -> WebhookObject:
    """The payload."""
    creator = app.get(Users).get(webhook.creator_id) if with_user else None
    user: Any | UnsetType = UNSET if creator is None else build_user(creator)
    if webhook.follows:
        return _build_follower(app, webhook, user)
    token = app.get(WebhookTokens).build(webhook.id)
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


def _build_follower(app: App, webhook: Webhook, user: Any) -> WebhookObject:
    """A follower has no token. What it follows is told as long as who made it belongs to that community, as on Discord."""
    directory = app.get(Directory)
    guild, channel = directory.guild(webhook.source_guild_id or 0), directory.channel(webhook.source_channel_id or 0)
    told = guild is not None and channel is not None and directory.member(guild.id, webhook.creator_id) is not None
    return WebhookObject(
        id=str(webhook.id),
        name=webhook.name,
        channel_id=str(webhook.channel_id),
        guild_id=str(webhook.guild_id),
        avatar=webhook.avatar,
        type=FOLLOWER,
        user=user,
        source_guild=SourceGuild(str(guild.id), guild.name, guild.icon) if told and guild is not None else UNSET,
        source_channel=SourceChannel(str(channel.id), channel.name or "") if told and channel is not None else UNSET,
    )


def build_origin(webhook: Webhook, username: str | None, *, flags: int = 0, reference: MessageReference | None = None) -> Origin:
    """How its messages tell who speaks: under the webhook's name, or one for this message alone; ``reference`` is the message
    that is repeated.
    """
    author = User(id=str(webhook.id), username=username or webhook.name, avatar=webhook.avatar, discriminator="0000", bot=True)
    keys: dict[str, object] = {"author": author, "webhook_id": str(webhook.id)}
    if reference is not None:
        keys["message_reference"] = reference
    return Origin(type=int(MessageType.DEFAULT), flags=flags, keys=encode(keys).decode())
