"""What communities draw for themselves: emojis, and who may use which."""

from agora.domains.talk.expressions.model import Emoji
from agora.domains.talk.expressions.shelf import Emojis, find_usable

__all__ = ["Emoji", "Emojis", "find_usable"]
