"""Webhooks: what other domains may call."""

from agora.domains.talk.webhooks.events import WebhookCreated, WebhookDeleted, WebhookUpdated
from agora.domains.talk.webhooks.model import Webhook
from agora.domains.talk.webhooks.ports import OtherTokens

__all__ = ["OtherTokens", "Webhook", "WebhookCreated", "WebhookDeleted", "WebhookUpdated"]
