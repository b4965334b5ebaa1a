"""What happens to emojis. ``before`` is the state that ended; ``reason`` is what the actor gave for the audit log."""

from agora.domains.talk.expressions.model import Emoji
from agora.kernel.events import Event


class EmojiCreated(Event, frozen=True, kw_only=True):
    """An emoji was made."""

    emoji: Emoji
    reason: str | None = None


class EmojiUpdated(Event, frozen=True, kw_only=True):
    """An emoji has another name, or other roles may use it."""

    emoji: Emoji
    before: Emoji
    reason: str | None = None


class EmojiDeleted(Event, frozen=True, kw_only=True):
    """An emoji is gone."""

    emoji: Emoji
    reason: str | None = None


ALL = (EmojiCreated, EmojiUpdated, EmojiDeleted)
