"""What happens to emojis and stickers. ``before`` is the state that ended; ``reason`` is what the actor gave for the audit log."""

from agora.domains.talk.expressions.model import Emoji, Sticker
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


class AppEmojiCreated(Event, frozen=True, kw_only=True):
    """An application made an emoji."""

    emoji: Emoji


class AppEmojiUpdated(Event, frozen=True, kw_only=True):
    """An application's emoji has another name."""

    emoji: Emoji


class AppEmojiDeleted(Event, frozen=True, kw_only=True):
    """An application's emoji is gone."""

    emoji: Emoji


class StickerCreated(Event, frozen=True, kw_only=True):
    """A sticker was made."""

    sticker: Sticker
    reason: str | None = None


class StickerUpdated(Event, frozen=True, kw_only=True):
    """A sticker has another name, description or tags."""

    sticker: Sticker
    before: Sticker
    reason: str | None = None


class StickerDeleted(Event, frozen=True, kw_only=True):
    """A sticker is gone."""

    sticker: Sticker
    reason: str | None = None


EMOJIS = (EmojiCreated, EmojiUpdated, EmojiDeleted)
STICKERS = (StickerCreated, StickerUpdated, StickerDeleted)
APPS = (AppEmojiCreated, AppEmojiUpdated, AppEmojiDeleted)
ALL = (*EMOJIS, *STICKERS, *APPS)
