"""Keeps the directory fresh, right after each commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.place.channels.events import ChannelCreated, ChannelDeleted, ChannelUpdated
from agora.domains.place.permissions import Directory
from agora.kernel.domain import live

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.events import Recorded


def on_channel(app: App, recorded: Recorded) -> None:
    """A new or changed channel."""
    event = recorded.event
    assert isinstance(event, ChannelCreated | ChannelUpdated)
    app.get(Directory).put_channel(event.channel)


def on_channel_deleted(app: App, recorded: Recorded) -> None:
    """A channel less."""
    event = recorded.event
    assert isinstance(event, ChannelDeleted)
    app.get(Directory).drop_channel(event.channel.id)


LISTENERS = (
    live(ChannelCreated, on_channel),
    live(ChannelUpdated, on_channel),
    live(ChannelDeleted, on_channel_deleted),
)
