"""REST of webhooks for who has their token: it is the whole permission."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from agora.domains.talk.files import Form, read_form
from agora.domains.talk.messages import MessageCreate, MessagePatch, Place, build_draft, build_patch
from agora.domains.talk.webhooks.bodies import ExecuteBody, ExecuteQuery, ThreadQuery, TokenPatch, WebhookPatch
from agora.domains.talk.webhooks.http import MAX_BODY
from agora.domains.talk.webhooks.model import Webhook
from agora.domains.talk.webhooks.service import get_by_token, update
from agora.domains.talk.webhooks.slack import SlackBody, build_message
from agora.domains.talk.webhooks.speaking import as_webhook, change_said, find_place, read_said, speak, take_back
from agora.domains.talk.webhooks.wire import WebhookObject, build_webhook
from agora.domains.talk.webhooks.writes import do_delete
from agora.kernel.access import ANYONE
from agora.kernel.decode import DECODERS, read_fields
from agora.kernel.errors import BadRequest, invalid
from agora.kernel.http import Bucket, Reply, Request, Route
from agora.protocol.payloads import Message

T = TypeVar("T")
_ONE = "/api/v10/webhooks/{webhook_id}/{webhook_token}"
_SAID = _ONE + "/messages/{message_id}"
_SPEAK = Bucket("webhooks.execute", 30, 60.0, by="webhook_id")
_MANAGE = Bucket("webhooks.token", 10, 5.0, by="webhook_id")
_MAX_SLACK = 1 << 20


async def _enter(request: Request) -> tuple[Webhook, Request]:
    """The webhook of the address, and the request as its own act."""
    webhook = await get_by_token(request.ctx, request.id("webhook_id"), str(request.path["webhook_token"]))
    return webhook, msgspec.structs.replace(request, ctx=as_webhook(request.ctx, webhook))


async def _read_form(request: Request, kind: type[T], webhook: Webhook) -> Form[T]:
    return await read_form(request, kind, webhook.guild_id, lambda: None)


async def get_own(request: Request) -> WebhookObject:
    """Itself."""
    webhook, request = await _enter(request)
    return build_webhook(request.ctx.app, webhook, with_user=False)


async def patch_own(request: Request) -> WebhookObject:
    """Change itself."""
    webhook, request = await _enter(request)
    body = WebhookPatch(name=request.body.name, avatar=request.body.avatar)
    return build_webhook(request.ctx.app, await update(request.ctx, webhook, body), with_user=False)


async def delete_own(request: Request) -> None:
    """End itself."""
    webhook, request = await _enter(request)
    await request.ctx.write(do_delete, webhook.id)


async def execute(request: Request) -> bytes | None:
    """Speak; answers only when asked to wait."""
    webhook, request = await _enter(request)
    place = find_place(request.ctx, webhook, request.query.thread_id)
    form = await _read_form(request, ExecuteBody, webhook)
    if form.body.thread_name:
        raise invalid("thread_name", "This server's webhooks open no threads: give a thread_id.")
    return await _speak(request, webhook, place, form, form.body.username)


async def _speak(request: Request, webhook: Webhook, place: Place, form: Form[Any], username: str | None) -> bytes | None:
    # a webhook answers nobody, and Discord has no nonce here
    body: MessageCreate = msgspec.structs.replace(form.body, message_reference=None, nonce=None)
    draft = build_draft(place.channel.id, body, form.files)
    sent = await speak(request.ctx, webhook, place, draft, username)
    return sent.wire if request.query.wait else None


async def execute_slack(request: Request) -> Reply:
    """Speak in Slack's words: JSON, or a form with the JSON in ``payload``. Answers ``ok``, as Slack does."""
    webhook, request = await _enter(request)
    place = find_place(request.ctx, webhook, request.query.thread_id)
    body = await _read_slack(request)
    await _speak(request, webhook, place, Form(build_message(body)), (body.username or "")[:80] or None)
    return Reply(b"ok", content_type="text/plain")


async def _read_slack(request: Request) -> SlackBody:
    if request.http.content_type != "application/x-www-form-urlencoded":
        body: SlackBody = await DECODERS.read(SlackBody, request.http, _MAX_SLACK)
        return body
    payload = (await read_fields(request.http, _MAX_SLACK)).get("payload")
    if payload is None:
        raise BadRequest("The form has no payload.", code=50109)
    decoded: SlackBody = DECODERS.json(SlackBody, payload.encode())
    return decoded


async def get_said(request: Request) -> bytes:
    """What it said."""
    webhook, request = await _enter(request)
    place = find_place(request.ctx, webhook, request.query.thread_id)
    return await read_said(request.ctx, webhook, place, request.id("message_id"))


async def patch_said(request: Request) -> bytes:
    """Change what it said."""
    webhook, request = await _enter(request)
    place = find_place(request.ctx, webhook, request.query.thread_id)
    form = await _read_form(request, MessagePatch, webhook)
    return await change_said(request.ctx, webhook, place, request.id("message_id"), build_patch(form.body, form.files))


async def delete_said(request: Request) -> None:
    """Take it back."""
    webhook, request = await _enter(request)
    place = find_place(request.ctx, webhook, request.query.thread_id)
    await take_back(request.ctx, webhook, place, request.id("message_id"))


ROUTES = (
    Route(
        method="GET",
        path=_ONE,
        handler=get_own,
        summary="A webhook, by its token.",
        access=ANYONE,
        answer=WebhookObject,
        bucket=_MANAGE,
    ),
    Route(
        method="PATCH",
        path=_ONE,
        handler=patch_own,
        summary="Change a webhook, by its token.",
        access=ANYONE,
        body=TokenPatch,
        answer=WebhookObject,
        bucket=_MANAGE,
        max_body=MAX_BODY,
    ),
    Route(
        method="DELETE",
        path=_ONE,
        handler=delete_own,
        summary="End a webhook, by its token.",
        access=ANYONE,
        status=204,
        bucket=_MANAGE,
    ),
    Route(
        method="POST",
        path=_ONE,
        handler=execute,
        summary="Speak through a webhook.",
        access=ANYONE,
        body=ExecuteBody,
        raw=True,
        query=ExecuteQuery,
        answer=Message,
        bucket=_SPEAK,
    ),
    Route(
        method="POST",
        path=_ONE + "/slack",
        handler=execute_slack,
        summary="Speak through a webhook in Slack's shape.",
        access=ANYONE,
        body=SlackBody,
        raw=True,
        query=ExecuteQuery,
        answer=str,
        bucket=_SPEAK,
    ),
    Route(
        method="GET",
        path=_SAID,
        handler=get_said,
        summary="A message of a webhook.",
        access=ANYONE,
        query=ThreadQuery,
        answer=Message,
        bucket=_MANAGE,
    ),
    Route(
        method="PATCH",
        path=_SAID,
        handler=patch_said,
        summary="Change a message of a webhook.",
        access=ANYONE,
        body=MessagePatch,
        raw=True,
        query=ThreadQuery,
        answer=Message,
        bucket=_SPEAK,
    ),
    Route(
        method="DELETE",
        path=_SAID,
        handler=delete_said,
        summary="Delete a message of a webhook.",
        access=ANYONE,
        query=ThreadQuery,
        status=204,
        bucket=_SPEAK,
    ),
)
