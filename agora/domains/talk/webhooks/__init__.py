"""Webhooks: what other domains may call."""

from agora.domains.talk.webhooks.events import WebhookCreated, WebhookDeleted, WebhookUpdated
from agora.domains.talk.webhooks.model import MAX_NAME, Webhook
from agora.domains.talk.webhooks.queries import find_webhook, list_followers, list_of_channel
from agora.domains.talk.webhooks.service import check_target
from agora.domains.talk.webhooks.speaking import RIGHTS, as_webhook
from agora.domains.talk.webhooks.wire import build_origin
from agora.domains.talk.webhooks.writes import do_create

__all__ = [
    "MAX_NAME",
    "RIGHTS",
    "Webhook",
    "WebhookCreated",
    "WebhookDeleted",
    "WebhookUpdated",
    "as_webhook",
    "build_origin",
    "check_target",
    "do_create",
    "find_webhook",
    "list_followers",
    "list_of_channel",
]
