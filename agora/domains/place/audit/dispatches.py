"""What gateway clients hear of the log: https://discord.com/developers/docs/events/gateway-events#guild-audit-log-entry-create."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.place.audit.events import EntryWritten
from agora.domains.place.audit.wire import build_entry
from agora.gateway.ports import Dispatch
from agora.kernel.http import encode
from agora.protocol.intents import Intent

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.events import Recorded


def entry_payload(app: App, recorded: Recorded) -> bytes:
    """GUILD_AUDIT_LOG_ENTRY_CREATE."""
    event = recorded.event
    assert isinstance(event, EntryWritten)
    return encode({**build_entry(event.entry), "guild_id": str(event.entry.guild_id)})


ALL = (
    Dispatch(
        event=EntryWritten,
        name="GUILD_AUDIT_LOG_ENTRY_CREATE",
        payload=entry_payload,
        intent=int(Intent.GUILD_MODERATION),
    ),
)
