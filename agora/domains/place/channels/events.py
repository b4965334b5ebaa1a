"""What happens to channels. ``before`` is the state that ended; ``reason`` is what the actor gave for the audit log."""

from agora.domains.place.permissions import ChannelFacts
from agora.kernel.events import Event


class ChannelCreated(Event, frozen=True, kw_only=True):
    """A channel was opened, in a guild or as a direct message."""

    channel: ChannelFacts
    reason: str | None = None


class ChannelUpdated(Event, frozen=True, kw_only=True):
    """Name, topic, place or overwrites of a channel changed."""

    channel: ChannelFacts
    before: ChannelFacts
    reason: str | None = None


class ChannelDeleted(Event, frozen=True, kw_only=True):
    """A channel ended, and with it all that was said there."""

    channel: ChannelFacts
    reason: str | None = None


ALL = (ChannelCreated, ChannelUpdated, ChannelDeleted)
