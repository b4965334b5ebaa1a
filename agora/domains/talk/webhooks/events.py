"""What happens to webhooks. ``reason`` is what the actor gave for the audit log."""

from agora.domains.talk.webhooks.model import Webhook
from agora.kernel.events import Event


class WebhookCreated(Event, frozen=True, kw_only=True):
    """A channel got an address that may speak in it."""

    webhook: Webhook
    reason: str | None = None


class WebhookUpdated(Event, frozen=True, kw_only=True):
    """Its name, picture or channel changed."""

    webhook: Webhook
    before: Webhook
    reason: str | None = None


class WebhookDeleted(Event, frozen=True, kw_only=True):
    """The address is no more."""

    webhook: Webhook
    reason: str | None = None


ALL = (WebhookCreated, WebhookUpdated, WebhookDeleted)
