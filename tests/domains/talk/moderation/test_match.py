"""What keywords find, as Discord documents it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.domains.talk.moderation.match import Matcher
from agora.domains.talk.moderation.model import Rule, Trigger


def rule(*keywords: str, allow: tuple[str, ...] = (), trigger: Trigger = Trigger.KEYWORD, limit: int = 0) -> Matcher:
    return Matcher(
        Rule(
            id=1,
            guild_id=1,
            creator_id=1,
            name="r",
            trigger=trigger,
            actions=(),
            keywords=keywords,
            allow=allow,
            mention_limit=limit,
        )
    )


@pytest.mark.parametrize(
    ("keyword", "text", "found"),
    [
        ("cat", "a CAT.", "cat"),
        ("cat", "catch", None),
        ("cat", "bobcat", None),
        ("cat*", "catch", "cat"),
        ("cat*", "bobcat", None),
        ("*cat", "bobcat", "cat"),
        ("*cat", "catch", None),
        ("*cat*", "locations", "cat"),
        ("the mat", "on the mat.", "the mat"),
        ("*://*", "see https://example.org", "://"),
        ("a.b", "a.b c", "a.b"),
        ("a.b", "axb", None),
        ("cat", "\uff43\uff41\uff54", "cat"),
    ],
)
def test_keywords(keyword: str, text: str, found: str | None) -> None:
    match = rule(keyword).find(text)
    assert (None if match is None else match.matched) == found


def test_what_is_allowed_is_spared() -> None:
    matcher = rule("*cat*", allow=("location", "cathedral"))
    assert matcher.find("the location of the cathedral") is None
    found = matcher.find("a location for cats")
    assert found is not None
    assert found.keyword == "*cat*"


def test_mentions_are_counted_once_each() -> None:
    matcher = rule(trigger=Trigger.MENTION_SPAM, limit=2)
    assert matcher.find("<@1> <@1> <@!1> <@&2>") is not None
    assert matcher.find("<@1> <@1> <@&2>") is None


@given(st.lists(st.text(min_size=1, max_size=8).filter(lambda word: bool(word.strip("* "))), max_size=5), st.text(max_size=200))
def test_any_keywords_and_any_text(keywords: list[str], text: str) -> None:
    rule(*keywords, allow=tuple(keywords[:1])).find(text)
