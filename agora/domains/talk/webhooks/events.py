"""What happens to webhooks. ``reason`` is what the actor gave for the audit log."""

from agora.domains.talk.webhooks.model import Webhook
from agora.domains.talk.webhooks.target import Target
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


class TargetCreated(Event, frozen=True, kw_only=True):
    """A community tells an address what happens in it. ``target`` is without its secret, here and below."""

    target: Target
    reason: str | None = None


class TargetUpdated(Event, frozen=True, kw_only=True):
    """What it hears, where it is, or whether it rests, changed."""

    target: Target
    before: Target
    reason: str | None = None


class TargetDeleted(Event, frozen=True, kw_only=True):
    """It hears no more."""

    target: Target
    reason: str | None = None


INCOMING = (WebhookCreated, WebhookUpdated, WebhookDeleted)
OUTGOING = (TargetCreated, TargetUpdated, TargetDeleted)
ALL = (*INCOMING, *OUTGOING)
