"""What the audit log says about webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agora.domains.place.audit import Action, Draft, build_changes, do_append
from agora.domains.talk.webhooks.events import ALL as EVENTS
from agora.domains.talk.webhooks.events import (
    TargetCreated,
    TargetDeleted,
    TargetUpdated,
    WebhookCreated,
    WebhookDeleted,
    WebhookUpdated,
)
from agora.kernel.domain import Effect
from agora.kernel.events import Event

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx
    from agora.kernel.events import Recorded

__all__ = ["EVENTS", "on_acts"]

_SILENT = frozenset({"creator_id", "secret", "source_channel_id", "source_guild_id"})


async def on_acts(ctx: Ctx, batch: Sequence[Recorded]) -> Effect:
    """Write down what people did, in the same write that moves the cursor."""
    return lambda tx: do_append(tx, batch, drafts)


def drafts(event: Event) -> list[Draft]:
    """The act that an event is."""
    if isinstance(event, TargetCreated | TargetUpdated | TargetDeleted):
        return [_target(event)]
    match event:
        case WebhookCreated():
            action, name, changes = Action.WEBHOOK_CREATE, "webhook.created", build_changes(None, event.webhook)
        case WebhookUpdated():
            action, name, changes = Action.WEBHOOK_UPDATE, "webhook.updated", build_changes(event.before, event.webhook)
        case WebhookDeleted():
            action, name, changes = Action.WEBHOOK_DELETE, "webhook.deleted", build_changes(event.webhook, None)
        case _:
            return []
    told = tuple(change for change in changes if change.key not in _SILENT)
    return [
        Draft(
            action=action,
            name=name,
            target_id=event.webhook.id,
            changes=told,
            reason=event.reason,
            guild_id=event.webhook.guild_id,
        )
    ]


def _target(event: TargetCreated | TargetUpdated | TargetDeleted) -> Draft:
    """Discord has no word for outgoing webhooks; its integrations come nearest."""
    match event:
        case TargetCreated():
            action, name, changes = Action.INTEGRATION_CREATE, "webhook_target.created", build_changes(None, event.target)
        case TargetUpdated():
            action, name, changes = Action.INTEGRATION_UPDATE, "webhook_target.updated", build_changes(event.before, event.target)
        case TargetDeleted():
            action, name, changes = Action.INTEGRATION_DELETE, "webhook_target.deleted", build_changes(event.target, None)
    return Draft(
        action=action,
        name=name,
        target_id=event.target.id,
        changes=tuple(change for change in changes if change.key not in _SILENT),
        reason=event.reason,
        guild_id=event.target.guild_id,
    )
