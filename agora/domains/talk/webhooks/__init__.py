"""Webhooks: what other domains may call."""

from agora.domains.talk.webhooks.events import WebhookCreated, WebhookDeleted, WebhookUpdated
from agora.domains.talk.webhooks.model import Webhook

__all__ = ["Webhook", "WebhookCreated", "WebhookDeleted", "WebhookUpdated"]
