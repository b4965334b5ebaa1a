"""What communities draw for themselves: emojis and stickers, and who may use which."""

from agora.domains.talk.expressions.imports import prepare_emoji
from agora.domains.talk.expressions.model import Emoji, Sticker
from agora.domains.talk.expressions.pictures import MAX_BYTES
from agora.domains.talk.expressions.shelf import Emojis, find_sendable, find_usable
from agora.domains.talk.expressions.wire import build_item
from agora.domains.talk.expressions.writes import do_create_emoji

__all__ = [
    "MAX_BYTES",
    "Emoji",
    "Emojis",
    "Sticker",
    "build_item",
    "do_create_emoji",
    "find_sendable",
    "find_usable",
    "prepare_emoji",
]
