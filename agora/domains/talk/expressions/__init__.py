"""What communities draw for themselves: emojis and stickers, and who may use which."""

from agora.domains.talk.expressions.model import Emoji, Sticker
from agora.domains.talk.expressions.shelf import Emojis, find_sendable, find_usable
from agora.domains.talk.expressions.wire import build_item

__all__ = ["Emoji", "Emojis", "Sticker", "build_item", "find_sendable", "find_usable"]
