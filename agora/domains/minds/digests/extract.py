"""A summary without a language model: who spoke how much, and the messages whose words the others share most.

Words are weighed by how many messages use them, and a message by the mean weight of its words, as in SumBasic
(Nenkova and Vanderwende 2005); after each choice the words it used count less, so that the next one says something else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

LEAST_LETTERS = 4  # shorter words are mostly articles and pronouns, in both languages
_WORD = re.compile(rf"[^\W\d_]{{{LEAST_LETTERS},}}")


class Said(NamedTuple):
    """A message to sum up."""

    id: int
    name: str
    text: str


def count_voices(lines: Sequence[Said]) -> list[tuple[str, int]]:
    """Who wrote how many messages, most first."""
    return Counter(line.name for line in lines).most_common()


def list_words(text: str) -> list[str]:
    """The words that count, in small letters."""
    return [word.lower() for word in _WORD.findall(text)]


def choose(lines: Sequence[Said], most: int) -> list[Said]:
    """The messages that stand best for all, in their order."""
    words = {line.id: list_words(line.text) for line in lines}
    weight = Counter(word for found in words.values() for word in set(found))
    left = {line.id: line for line in lines if len(words[line.id]) >= 2}
    chosen: list[Said] = []
    factor: dict[str, float] = {word: count / max(len(lines), 1) for word, count in weight.items()}
    while left and len(chosen) < most:
        best = max(left.values(), key=lambda line: (_score(words[line.id], factor), -line.id))
        chosen.append(left.pop(best.id))
        for word in words[best.id]:
            factor[word] *= factor[word]
    return sorted(chosen, key=lambda line: line.id)


def _score(words: Sequence[str], factor: dict[str, float]) -> float:
    return sum(factor[word] for word in words) / len(words)
