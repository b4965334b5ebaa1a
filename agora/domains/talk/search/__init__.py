"""Search: what other domains may call."""

from agora.domains.talk.search.match import Found, Hit, Match
from agora.domains.talk.search.places import build_place, readable_channels
from agora.domains.talk.search.service import Page, search, search_by_meaning
from agora.domains.talk.search.typed import build_match

__all__ = ["Found", "Hit", "Match", "Page", "build_match", "build_place", "readable_channels", "search", "search_by_meaning"]
