"""What happens to reactions."""

from agora.kernel.events import Event


class ReactionAdded(Event, frozen=True, kw_only=True):
    """Somebody reacted."""

    message_id: int
    channel_id: int
    guild_id: int | None
    author_id: int
    user_id: int
    emoji: str


class ReactionRemoved(Event, frozen=True, kw_only=True):
    """A reaction was taken back, or taken away by who manages messages."""

    message_id: int
    channel_id: int
    guild_id: int | None
    user_id: int
    emoji: str


class ReactionsCleared(Event, frozen=True, kw_only=True):
    """All reactions of a message went, or all with one ``emoji``."""

    message_id: int
    channel_id: int
    guild_id: int | None
    emoji: str | None = None


ALL = (ReactionAdded, ReactionRemoved, ReactionsCleared)
