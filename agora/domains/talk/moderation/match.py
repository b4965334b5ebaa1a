"""Whether a text is what a rule looks for: pure code, linear in the length of the text.

Keywords as Discord documents them: whole words, ``word*`` at the beginning of a word, ``*word`` at its end, ``*word*`` anywhere,
capitals and full-width forms alike. https://discord.com/developers/docs/resources/auto-moderation#auto-moderation-rule-object-trigger-metadata
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import msgspec

from agora.domains.talk.moderation.model import Rule, Trigger
from agora.domains.talk.moderation.patterns import compile_pattern, find_all

_MENTION = re.compile(r"<@[!&]?\d{1,19}>")


class Match(msgspec.Struct, frozen=True):
    """What was found: the keyword of the rule, and the words in the text."""

    keyword: str | None
    matched: str | None


class Matcher:
    """One rule, made ready."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._keywords = [(keyword, _pattern(keyword)) for keyword in rule.keywords]
        self._any = _union(rule.keywords)
        self._allowed = _union(rule.allow)

    def find(self, content: str) -> Match | None:
        """What the rule finds in a text, or None."""
        if self.rule.trigger == Trigger.MENTION_SPAM:
            mentions = set(_MENTION.findall(content))
            return Match(None, None) if len(mentions) > self.rule.mention_limit else None
        text = fold(content)
        return self._find_keyword(text) or self._find_pattern(content, text)

    @cached_property
    def _patterns(self) -> list[tuple[str, Any]]:
        return [(source, compile_pattern(source)) for source in self.rule.patterns]

    def _find_keyword(self, text: str) -> Match | None:
        if self._any is None or self._any.search(text) is None:
            return None
        spared = self._spared(text)
        for keyword, pattern in self._keywords:
            for found in pattern.finditer(text):
                if not any(start <= found.start() and found.end() <= end for start, end in spared):
                    return Match(keyword, found[0])
        return None

    def _find_pattern(self, content: str, folded: str) -> Match | None:
        """Expressions see the letters as they were written: ``straße`` finds itself."""
        if not self.rule.patterns:
            return None
        text, spared = unicodedata.normalize("NFKC", content), self._spared(folded)
        for source, pattern in self._patterns:
            for start, end in find_all(pattern, text):
                # folding goes letter by letter, so that a place here is found there by what precedes it
                first, last = (len(text[:at].casefold()) for at in (start, end))
                if not any(begin <= first and last <= stop for begin, stop in spared):
                    return Match(source, text[start:end])
        return None

    def _spared(self, text: str) -> list[tuple[int, int]]:
        return [] if self._allowed is None else [found.span() for found in self._allowed.finditer(text)]


def fold(text: str) -> str:
    """One form for capitals and for letters that are written in several ways."""
    return unicodedata.normalize("NFKC", text).casefold()


def _pattern(keyword: str) -> re.Pattern[str]:
    return re.compile(_source(keyword))


def _source(keyword: str) -> str:
    word = keyword.strip("*")
    before = "" if keyword.startswith("*") else r"(?<!\w)"
    after = "" if keyword.endswith("*") else r"(?!\w)"
    return f"{before}{re.escape(fold(word))}{after}"


def _union(keywords: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(_source(keyword) for keyword in keywords)) if keywords else None
