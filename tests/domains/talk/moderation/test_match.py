"""What keywords find, as Discord documents it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.domains.talk.moderation.match import Match, Matcher
from agora.domains.talk.moderation.model import Rule, Trigger
from agora.domains.talk.moderation.patterns import BadPattern, check_patterns


def rule(
    *keywords: str, patterns: tuple[str, ...] = (), allow: tuple[str, ...] = (), trigger: Trigger = Trigger.KEYWORD, limit: int = 0
) -> Matcher:
    return Matcher(
        Rule(
            id=1,
            guild_id=1,
            creator_id=1,
            name="r",
            trigger=trigger,
            actions=(),
            keywords=keywords,
            patterns=patterns,
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


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"tu?r+nip", "a TRRNIP", "TRRNIP"),
        (r"(?-i)turnip", "Turnip", None),
        (r"straße", "Große Straße", "Straße"),
        (r"\bcafe", "\uff23\uff21\uff26\uff25", "CAFE"),
        (r"x*", "nothing here", None),
        (r"\p{Greek}+", "say αβγ", "αβγ"),
    ],
)
def test_expressions(pattern: str, text: str, found: str | None) -> None:
    match = rule(patterns=(pattern,)).find(text)
    assert match == (None if found is None else Match(pattern, found))


def test_an_expression_is_spared_where_letters_fold_to_more() -> None:
    matcher = rule(patterns=(r"\w*nip\w*",), allow=("turnip",))
    assert matcher.find("ßßß turnip") is None
    assert matcher.find("ßßß parsnip") == Match(r"\w*nip\w*", "parsnip")


def test_hostile_expressions_cost_little() -> None:
    """Those that hang a backtracking engine do not, and those that are too large are refused before they run."""
    text = "a" * 6000 + "!"
    matcher = rule(patterns=(r"(a+)+$", r"(a|aa)+$", r"(.*a){20}b"))
    assert matcher.find(text) is None
    for source in (r"(\w{1,100}){1,10}x", r"(a{1,500}){1,500}"):
        with pytest.raises(BadPattern):
            check_patterns([source])
    with pytest.raises(BadPattern) as caught:
        check_patterns([r"\w{1,60}x"] * 10)
    assert caught.value.args[0] > 0, "what is too large together is the later one's fault"
