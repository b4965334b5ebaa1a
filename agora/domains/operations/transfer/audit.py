"""What the server's audit log says about transfers: Discord has no number for them, so they stand in the server's own log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agora.domains.operations.transfer.events import HistoryExported, HistoryImported
from agora.domains.place.audit import Action, Draft, do_append
from agora.kernel.domain import Effect
from agora.kernel.events import Event

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx
    from agora.kernel.events import Recorded

EVENTS = (HistoryExported, HistoryImported)


async def on_acts(ctx: Ctx, batch: Sequence[Recorded]) -> Effect:
    """Write them down in the same write that moves the cursor: each exactly once."""
    return lambda tx: do_append(tx, batch, drafts)


def drafts(event: Event) -> list[Draft]:
    """The act that an event is."""
    match event:
        case HistoryExported():
            options = {"format": event.format, "files": str(event.files).lower()}
            if event.guild_id is not None:
                options["guild_id"] = str(event.guild_id)
            target = event.channel_id or event.guild_id
            return [Draft(action=Action.SERVER, name="history.exported", target_id=target, options=options)]
        case HistoryImported():
            options = {"source": event.source, "file": event.name, "messages": str(event.messages), "users": str(event.users)}
            return [Draft(action=Action.SERVER, name="history.imported", target_id=event.guild_id, options=options)]
        case _:
            return []
