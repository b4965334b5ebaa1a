"""What gateway clients hear of webhooks: only that a channel's have changed."""

from __future__ import annotations

from agora.domains.talk.webhooks.events import INCOMING, WebhookCreated, WebhookDeleted, WebhookUpdated
from agora.gateway.ports import Dispatch
from agora.kernel.app import App
from agora.kernel.events import Recorded
from agora.kernel.http import encode
from agora.protocol.intents import Intent


def _changed(app: App, recorded: Recorded) -> bytes:
    event = recorded.event
    assert isinstance(event, WebhookCreated | WebhookUpdated | WebhookDeleted)
    return encode({"guild_id": str(event.webhook.guild_id), "channel_id": str(event.webhook.channel_id)})


ALL = tuple(
    Dispatch(event=event, name="WEBHOOKS_UPDATE", payload=_changed, intent=int(Intent.GUILD_WEBHOOKS)) for event in INCOMING
)
