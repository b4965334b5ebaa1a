"""Reactions: what other domains may call."""

from agora.domains.talk.reactions.emoji import is_emoji
from agora.domains.talk.reactions.events import ReactionAdded, ReactionRemoved, ReactionsCleared
from agora.domains.talk.reactions.imports import Given, do_import, list_given
from agora.domains.talk.reactions.service import clear, react, unreact
from agora.domains.talk.reactions.sign import build_sign

__all__ = [
    "Given",
    "ReactionAdded",
    "ReactionRemoved",
    "ReactionsCleared",
    "build_sign",
    "clear",
    "do_import",
    "is_emoji",
    "list_given",
    "react",
    "unreact",
]
