"""What happens to read marks and wishes."""

import msgspec

from agora.kernel.events import Event


class ChannelRead(Event, frozen=True, kw_only=True):
    """A user has read a channel up to a message, or marked it as unread from there; ``calls`` are those that are left."""

    user_id: int
    channel_id: int
    message_id: int
    calls: int = 0


class WishesChanged(Event, frozen=True, kw_only=True):
    """A user wants to hear more or less of a community. ``wire`` is Discord's settings object."""

    user_id: int
    wire: msgspec.Raw


ALL = (ChannelRead, WishesChanged)
