"""Interactions: what other domains may call. A domain gives the server a command with ``Builtin``."""

from agora.domains.talk.interactions.definition import Choice, CommandBody, Option, OptionType
from agora.domains.talk.interactions.desk import Builtin, Invocation, Reply, described, option, speak

__all__ = ["Builtin", "Choice", "CommandBody", "Invocation", "Option", "OptionType", "Reply", "described", "option", "speak"]
