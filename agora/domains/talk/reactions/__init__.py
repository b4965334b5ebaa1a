"""Reactions: what other domains may call."""

from agora.domains.talk.reactions.events import ReactionAdded, ReactionRemoved, ReactionsCleared
from agora.domains.talk.reactions.service import clear, react, unreact

__all__ = ["ReactionAdded", "ReactionRemoved", "ReactionsCleared", "clear", "react", "unreact"]
