"""The only INSERT, UPDATE and DELETE on webhooks."""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, insert, update

from agora.domains.talk.webhooks.events import WebhookCreated, WebhookDeleted, WebhookUpdated
from agora.domains.talk.webhooks.model import MAX_PER_CHANNEL, Webhook
from agora.domains.talk.webhooks.queries import find_webhook, list_of_channel, list_of_guild, list_of_source
from agora.domains.talk.webhooks.tables import webhook as w
from agora.kernel.errors import BadRequest, NotFound, invalid
from agora.kernel.events import Event, to_channel
from agora.kernel.tx import Tx
from agora.protocol.error_codes import MESSAGES, ErrorCode


def do_create(tx: Tx, webhook: Webhook) -> None:
    """Store a webhook. Raises 30007 when the channel has its fill."""
    _check_room(tx, webhook.channel_id)
    tx.execute(insert(w).values(msgspec.structs.asdict(webhook)))
    _emit(tx, WebhookCreated(webhook=webhook, reason=tx.ctx.audit_reason), webhook)


def do_update(tx: Tx, webhook_id: int, changes: dict[str, object]) -> Webhook:
    """Change name, picture or channel. Raises 10015, 30007 when the other channel has its fill, 50035 when it follows already."""
    before = _get(tx, webhook_id)
    after = msgspec.structs.replace(before, **changes)
    if after == before:
        return before
    if after.channel_id != before.channel_id:
        _check_room(tx, after.channel_id)
        _check_single(tx, after)
    tx.execute(update(w).where(w.c.id == webhook_id).values(name=after.name, avatar=after.avatar, channel_id=after.channel_id))
    _emit(tx, WebhookUpdated(webhook=after, before=before, reason=tx.ctx.audit_reason), after)
    return after


def do_delete(tx: Tx, webhook_id: int) -> None:
    """End a webhook; what it said stays. Raises 10015."""
    webhook = _get(tx, webhook_id)
    tx.execute(delete(w).where(w.c.id == webhook_id))
    _emit(tx, WebhookDeleted(webhook=webhook, reason=tx.ctx.audit_reason), webhook)


def do_end_followers(tx: Tx, *, channel_id: int | None = None, guild_id: int | None = None) -> None:
    """The channel that they follow is gone, or its guild is; who manages webhooks where they spoke is told."""
    for webhook in list_of_source(tx, channel_id=channel_id, guild_id=guild_id):
        do_delete(tx, webhook.id)


def do_forget_channel(tx: Tx, channel_id: int) -> None:
    """The channel is gone: nobody is left to be told."""
    tx.execute(delete(w).where(w.c.id.in_([each.id for each in list_of_channel(tx, channel_id)])))


def do_forget_guild(tx: Tx, guild_id: int) -> None:
    """The guild is gone."""
    tx.execute(delete(w).where(w.c.id.in_([each.id for each in list_of_guild(tx, guild_id)])))


def _get(tx: Tx, webhook_id: int) -> Webhook:
    webhook = find_webhook(tx, webhook_id)
    if webhook is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_WEBHOOK], code=ErrorCode.UNKNOWN_WEBHOOK)
    return webhook


def _check_room(tx: Tx, channel_id: int) -> None:
    if len(list_of_channel(tx, channel_id)) >= MAX_PER_CHANNEL:
        raise BadRequest(f"Maximum number of webhooks reached ({MAX_PER_CHANNEL})", code=ErrorCode.MAX_WEBHOOKS)


def _check_single(tx: Tx, webhook: Webhook) -> None:
    """What is published comes to a channel once."""
    others = {other.source_channel_id for other in list_of_channel(tx, webhook.channel_id)}
    if webhook.follows and webhook.source_channel_id in others:
        raise invalid("channel_id", "The channel follows it already.", "CHANNEL_FOLLOWING_ALREADY")


def _emit(tx: Tx, event: Event, webhook: Webhook) -> None:
    tx.emit(event, to_channel(webhook.channel_id), guild_id=webhook.guild_id, channel_id=webhook.channel_id)
