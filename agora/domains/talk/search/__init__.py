"""Search: what other domains may call."""

from agora.domains.talk.search.match import Found, Hit, Match
from agora.domains.talk.search.service import Page, readable_channels, search
from agora.domains.talk.search.words import build_expression

__all__ = ["Found", "Hit", "Match", "Page", "build_expression", "readable_channels", "search"]
