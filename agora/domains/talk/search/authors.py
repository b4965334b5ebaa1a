"""Filters by the kind of author: people, bots (agents are bots), webhooks."""

from __future__ import annotations

from collections.abc import Sequence

from agora.domains.place.accounts import Users
from agora.domains.talk.search.match import Match
from agora.domains.talk.search.tags import WEBHOOK, of
from agora.kernel.app import App

TYPES = frozenset({"user", "bot", "webhook"})


def by_type(app: App, match: Match, types: Sequence[str]) -> Match:
    """The same, by these kinds of author alone; with a minus sign, by all but these. Any other word finds nothing."""
    wanted = {each for each in types if not each.startswith("-")} or TYPES
    kinds = wanted - {each[1:] for each in types if each.startswith("-")}
    if kinds >= TYPES:
        return match
    bots = of("u", (user.id for user in app.get(Users).all() if user.bot)) if ("bot" in kinds) != ("user" in kinds) else ()
    hooks = (WEBHOOK,) if "webhook" in kinds else ()
    if "user" not in kinds:
        return match.having(*(bots if "bot" in kinds else ()), *hooks)
    left_out = (*(bots if "bot" not in kinds else ()), *(() if hooks else (WEBHOOK,)))
    return match.lacking(*left_out)
