"""How good a hit is: by its words, and several rankings made into one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agora.domains.talk.search.match import Term
from agora.domains.talk.search.stems import WORD, find_stems, fold

K1, B = 1.2, 0.75
EXACT, FORM = 1.0, 0.8
FUSION = 60
"""The constant of reciprocal rank fusion, as in its paper."""


def rank_by_words(messages: Sequence[tuple[int, str]], terms: Sequence[Term]) -> list[int]:
    """The ids of the messages, the best first; ``messages`` are ids with contents, all of which hold all terms.

    BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009, equation 3.15) without the weight of a word's
    rarity: every message holds every word, so it would be the same for all. A form of a word counts a little less than itself.
    Of equals the newest is first.
    """
    wanted = [(fold(word), find_stems(word)) for term in terms for word in WORD.findall(term.text)]
    lists = [(message_id, [fold(word) for word in WORD.findall(content)]) for message_id, content in messages]
    average = sum(len(words) for _, words in lists) / max(1, len(lists)) or 1.0
    scores = {message_id: _score(words, wanted, average) for message_id, words in lists}
    return sorted(scores, key=lambda each: (-scores[each], -each))


def _score(words: Sequence[str], wanted: Sequence[tuple[str, frozenset[str]]], average: float) -> float:
    score = 0.0
    for own, stems in wanted:
        count = sum(_weight(word, own, stems) for word in words)
        score += count * (K1 + 1) / (count + K1 * (1 - B + B * len(words) / average))
    return score


def _weight(word: str, own: str, stems: frozenset[str]) -> float:
    if word == own:
        return EXACT
    # stemming is slow, and no two forms of a word differ in their first two letters
    return FORM if word[:2] == own[:2] and stems & find_stems(word) else 0.0


def fuse(rankings: Iterable[Sequence[int]]) -> dict[int, float]:
    """The score of each id that is in any of the rankings, the best first.

    Reciprocal rank fusion: the sum of 1 / (60 + rank) over the rankings (Cormack, Clarke and Büttcher, Reciprocal Rank Fusion
    outperforms Condorcet and individual Rank Learning Methods, SIGIR 2009).
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, each in enumerate(ranking, 1):
            scores[each] = scores.get(each, 0.0) + 1 / (FUSION + rank)
    return {each: scores[each] for each in sorted(scores, key=lambda key: (-scores[key], -key))}
