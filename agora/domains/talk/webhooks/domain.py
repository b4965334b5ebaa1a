"""Webhooks: addresses through which programs speak in a channel, and addresses that are told what happens."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agora.domains.place.accounts import PictureOf
from agora.domains.place.channels import ChannelDeleted
from agora.domains.place.guilds import GuildDeleted
from agora.domains.talk.webhooks import audit, dispatch, events, http, http_token, migrations, tables, target_http
from agora.domains.talk.webhooks.courier import Courier, on_happened, on_target
from agora.domains.talk.webhooks.jobs import forget_dead
from agora.domains.talk.webhooks.listeners import on_place_ended
from agora.domains.talk.webhooks.queries import find_picture, list_pictures
from agora.domains.talk.webhooks.settings import WebhookSettings
from agora.domains.talk.webhooks.target import EVENTS
from agora.domains.talk.webhooks.tokens import WebhookTokens
from agora.kernel.app import App
from agora.kernel.domain import Domain, durable, every, live
from agora.kernel.files import Keeps

USES = ("accounts", "permissions", "guilds", "channels", "audit", "files", "messages")


async def open_webhooks(app: App) -> AsyncIterator[None]:
    """The key of the tokens, and the courier; a command beside the server delivers nothing."""
    app.put(WebhookTokens, WebhookTokens(app))
    if not app.roles:
        yield
        return
    courier = Courier(app)
    app.put(Courier, courier)
    async with courier.running():
        yield


DOMAIN = Domain(
    name="webhooks",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=(*http.ROUTES, *http_token.ROUTES, *target_http.ROUTES),
    settings={"webhooks": WebhookSettings},
    listeners=(
        *(live(event, on_target) for event in events.OUTGOING),
        durable("webhooks.cleanup", (ChannelDeleted, GuildDeleted), on_place_ended),
        durable("webhooks.audit", audit.EVENTS, audit.on_acts),
        durable("webhooks.outgoing", tuple(EVENTS.values()), on_happened),
    ),
    jobs=(every("1d", forget_dead),),
    offers=(*dispatch.ALL, Keeps(list_pictures), PictureOf(find_picture)),
    lifetime=open_webhooks,
)
