"""REST of webhooks for who manages them: https://discord.com/developers/docs/resources/webhook."""

from __future__ import annotations

from agora.domains.talk.webhooks.bodies import WebhookCreate, WebhookPatch
from agora.domains.talk.webhooks.service import MANAGE, create, get_managed, list_channel, list_guild, update
from agora.domains.talk.webhooks.wire import WebhookObject, build_webhook
from agora.domains.talk.webhooks.writes import do_delete
from agora.kernel.access import SIGNED_IN, needs
from agora.kernel.http import Bucket, Request, Route

_BUCKET = Bucket("webhooks.manage", 10, 5.0)
_ONE = "/api/v10/webhooks/{webhook_id}"
_OF_CHANNEL = "/api/v10/channels/{channel_id}/webhooks"
MAX_BODY = 4 << 20  # a picture as base64


async def post_webhook(request: Request) -> WebhookObject:
    """Make one."""
    webhook = await create(request.ctx, request.id("channel_id"), request.body)
    return build_webhook(request.ctx.app, webhook, with_user=True)


async def get_of_channel(request: Request) -> list[WebhookObject]:
    """Those of a channel."""
    found = await list_channel(request.ctx, request.id("channel_id"))
    return [build_webhook(request.ctx.app, webhook, with_user=True) for webhook in found]


async def get_of_guild(request: Request) -> list[WebhookObject]:
    """Those of a guild."""
    found = await list_guild(request.ctx, request.id("guild_id"))
    return [build_webhook(request.ctx.app, webhook, with_user=True) for webhook in found]


async def get_webhook(request: Request) -> WebhookObject:
    """One."""
    webhook = await get_managed(request.ctx, request.id("webhook_id"))
    return build_webhook(request.ctx.app, webhook, with_user=True)


async def patch_webhook(request: Request) -> WebhookObject:
    """Change one."""
    webhook = await get_managed(request.ctx, request.id("webhook_id"))
    return build_webhook(request.ctx.app, await update(request.ctx, webhook, request.body), with_user=True)


async def delete_webhook(request: Request) -> None:
    """End one."""
    webhook = await get_managed(request.ctx, request.id("webhook_id"))
    await request.ctx.write(do_delete, webhook.id)


ROUTES = (
    Route(
        method="POST",
        path=_OF_CHANNEL,
        handler=post_webhook,
        summary="Make a webhook.",
        access=needs(MANAGE),
        body=WebhookCreate,
        answer=WebhookObject,
        bucket=_BUCKET,
        max_body=MAX_BODY,
    ),
    Route(
        method="GET",
        path=_OF_CHANNEL,
        handler=get_of_channel,
        summary="The webhooks of a channel.",
        access=needs(MANAGE),
        answer=list[WebhookObject],
        bucket=_BUCKET,
    ),
    Route(
        method="GET",
        path="/api/v10/guilds/{guild_id}/webhooks",
        handler=get_of_guild,
        summary="The webhooks of a community.",
        access=needs(MANAGE),
        answer=list[WebhookObject],
        bucket=_BUCKET,
    ),
    Route(
        method="GET",
        path=_ONE,
        handler=get_webhook,
        summary="A webhook.",
        access=SIGNED_IN,
        answer=WebhookObject,
        bucket=_BUCKET,
    ),
    Route(
        method="PATCH",
        path=_ONE,
        handler=patch_webhook,
        summary="Change a webhook.",
        access=SIGNED_IN,
        body=WebhookPatch,
        answer=WebhookObject,
        bucket=_BUCKET,
        max_body=MAX_BODY,
    ),
    Route(
        method="DELETE",
        path=_ONE,
        handler=delete_webhook,
        summary="End a webhook; what it said stays.",
        access=SIGNED_IN,
        status=204,
        bucket=_BUCKET,
    ),
)
