"""Webhooks: addresses through which programs speak in a channel, in Discord's and in Slack's shape."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agora.domains.place.accounts import PictureOf
from agora.domains.place.channels import ChannelDeleted
from agora.domains.place.guilds import GuildDeleted
from agora.domains.talk.webhooks import audit, dispatch, events, http, http_token, migrations, tables
from agora.domains.talk.webhooks.listeners import on_place_ended
from agora.domains.talk.webhooks.queries import find_picture, list_pictures
from agora.domains.talk.webhooks.tokens import WebhookTokens
from agora.kernel.app import App
from agora.kernel.domain import Domain, durable
from agora.kernel.files import Keeps

USES = ("accounts", "permissions", "guilds", "channels", "audit", "files", "messages")


async def open_webhooks(app: App) -> AsyncIterator[None]:
    """The key of the tokens."""
    app.put(WebhookTokens, WebhookTokens(app))
    yield


DOMAIN = Domain(
    name="webhooks",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=(*http.ROUTES, *http_token.ROUTES),
    listeners=(
        durable("webhooks.cleanup", (ChannelDeleted, GuildDeleted), on_place_ended),
        durable("webhooks.audit", audit.EVENTS, audit.on_acts),
    ),
    offers=(*dispatch.ALL, Keeps(list_pictures), PictureOf(find_picture)),
    lifetime=open_webhooks,
)
