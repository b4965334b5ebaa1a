"""What happens to read marks."""

from agora.kernel.events import Event


class ChannelRead(Event, frozen=True, kw_only=True):
    """A user has read a channel up to a message, or marked it as unread from there."""

    user_id: int
    channel_id: int
    message_id: int


ALL = (ChannelRead,)
