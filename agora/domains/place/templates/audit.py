"""What the audit log says about templates. Discord has no number for them, so they are acts on the server: its owner sees
who lets whom copy which community."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agora.domains.place.audit import Action, Change, Draft, do_append
from agora.domains.place.templates.events import (
    TemplateCreated,
    TemplateDeleted,
    TemplateSynced,
    TemplateUpdated,
    TemplateUsed,
)
from agora.kernel.domain import Effect
from agora.kernel.events import Event

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx
    from agora.kernel.events import Recorded

_NAMES = {TemplateCreated: "template.created", TemplateSynced: "template.synced", TemplateDeleted: "template.deleted"}


async def on_acts(ctx: Ctx, batch: Sequence[Recorded]) -> Effect:
    """Write them down."""
    return lambda tx: do_append(tx, batch, drafts)


def drafts(event: Event) -> list[Draft]:
    """The act that an event is."""
    match event:
        case TemplateUpdated():
            changes = (Change("name", None, event.name), Change("description", None, event.description))
            return [_draft("template.updated", event.guild_id, event.code, event.reason, changes)]
        case TemplateUsed():
            made = (Change("guild_id", None, str(event.made_id)),)
            return [_draft("template.used", event.guild_id, event.code, None, made)]
        case TemplateCreated() | TemplateSynced() | TemplateDeleted():
            return [_draft(_NAMES[type(event)], event.guild_id, event.code, event.reason)]
    return []


def _draft(name: str, guild_id: int, code: str, reason: str | None, changes: tuple[Change, ...] = ()) -> Draft:
    return Draft(
        action=Action.SERVER,
        name=name,
        target_id=guild_id,
        guild_id=guild_id,
        changes=changes,
        options={"code": code},
        reason=reason,
    )
