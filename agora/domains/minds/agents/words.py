"""Words of a message: folded for comparison, matched against interests and names. No list of languages is needed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_STEM = 5  # words of at least this many letters match when they begin alike


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Lower case without accents: ``Maëlle`` and ``maelle`` are the same name."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def list_words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORD.findall(fold(text))


def is_named(name: str, words: Sequence[str]) -> bool:
    """Whether a name stands in the words, whole, also one of several parts."""
    parts = _parts(name)
    if not parts or parts[0] not in words:
        return False
    span = len(parts)
    return any(tuple(words[i : i + span]) == parts for i in range(len(words) - span + 1))


def count_hits(interests: Iterable[str], words: Sequence[str]) -> int:
    """How many interests the words touch: an equal word, or two long ones that begin alike (garden, gardening)."""
    return sum(1 for interest in interests if any(_touches(part, words) for part in _parts(interest)))


@lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[str, ...]:
    """The words of a name or an interest, which are asked for with every message."""
    return tuple(list_words(name))


def _touches(part: str, words: Sequence[str]) -> bool:
    if len(part) < 3:
        return False
    if len(part) < _STEM:
        return part in words
    return any(word == part or (len(word) >= _STEM and word[:_STEM] == part[:_STEM]) for word in words)


def same_line(text: str) -> str:
    """What two lines have in common when they say the same in the same words."""
    return " ".join(list_words(text))
