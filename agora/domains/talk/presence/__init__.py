"""Presence: what other domains may call."""

from agora.domains.talk.presence.service import set_presence, start_typing
from agora.domains.talk.presence.state import Presences, Shown

__all__ = ["Presences", "Shown", "set_presence", "start_typing"]
