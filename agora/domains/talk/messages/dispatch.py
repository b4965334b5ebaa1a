"""What gateway clients hear of messages."""

from __future__ import annotations

from agora.domains.talk.messages.events import (
    MessageDeleted,
    MessageEdited,
    MessagesBulkDeleted,
    MessageSent,
    PinsChanged,
)
from agora.gateway.ports import Dispatch
from agora.kernel.app import App
from agora.kernel.clock import iso
from agora.kernel.events import Recorded
from agora.kernel.http import encode
from agora.protocol.intents import Intent

_MESSAGES = int(Intent.GUILD_MESSAGES)
_DIRECT = int(Intent.DIRECT_MESSAGES)


def _wire(app: App, recorded: Recorded) -> bytes:
    event = recorded.event
    assert isinstance(event, MessageSent | MessageEdited)
    return bytes(event.wire)


def _deleted(app: App, recorded: Recorded) -> bytes:
    event = recorded.event
    assert isinstance(event, MessageDeleted)
    return encode({"id": str(event.id), **_where(event.channel_id, event.guild_id)})


def _bulk_deleted(app: App, recorded: Recorded) -> bytes:
    event = recorded.event
    assert isinstance(event, MessagesBulkDeleted)
    return encode({"ids": [str(each) for each in event.ids], **_where(event.channel_id, event.guild_id)})


def _pins_changed(app: App, recorded: Recorded) -> bytes:
    event = recorded.event
    assert isinstance(event, PinsChanged)
    last = None if event.last_pin_ms is None else iso(event.last_pin_ms)
    return encode({"last_pin_timestamp": last, **_where(event.channel_id, event.guild_id)})


def _where(channel_id: int, guild_id: int | None) -> dict[str, str]:
    place = {"channel_id": str(channel_id)}
    if guild_id is not None:
        place["guild_id"] = str(guild_id)
    return place


ALL = (
    Dispatch(event=MessageSent, name="MESSAGE_CREATE", payload=_wire, intent=_MESSAGES, dm_intent=_DIRECT),
    Dispatch(event=MessageEdited, name="MESSAGE_UPDATE", payload=_wire, intent=_MESSAGES, dm_intent=_DIRECT),
    Dispatch(event=MessageDeleted, name="MESSAGE_DELETE", payload=_deleted, intent=_MESSAGES, dm_intent=_DIRECT),
    Dispatch(event=MessagesBulkDeleted, name="MESSAGE_DELETE_BULK", payload=_bulk_deleted, intent=_MESSAGES, dm_intent=_DIRECT),
    Dispatch(
        event=PinsChanged,
        name="CHANNEL_PINS_UPDATE",
        payload=_pins_changed,
        intent=int(Intent.GUILDS),
        dm_intent=_DIRECT,
    ),
)
