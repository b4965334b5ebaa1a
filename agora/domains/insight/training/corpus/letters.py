"""Invents words that look like listed ones: each letter is drawn as it follows the last ones in some listed word."""

import re
from collections.abc import Iterable
from functools import cache
from random import Random

from agora.domains.insight.training.corpus.listed import list_rows

_END = ""


class Letters:
    """What may follow some letters (`order` of them), told from some words."""

    def __init__(self, words: Iterable[str], order: int = 3) -> None:
        self._order = order
        self._next: dict[str, list[str]] = {}
        for word in words:
            padded = " " * self._order + word
            for at in range(self._order, len(padded)):
                self._next.setdefault(padded[at - self._order : at], []).append(padded[at])
            self._next.setdefault(padded[-self._order :], []).append(_END)

    def draw(self, random: Random, shortest: int = 4, longest: int = 11) -> str:
        """A word of between `shortest` and `longest` letters."""
        while True:
            word = " " * self._order
            while len(word) <= self._order + longest:
                letter = random.choice(self._next[word[-self._order :]])
                if letter == _END:
                    break
                word += letter
            if shortest <= len(word) - self._order <= longest:
                return word[self._order :]


@cache
def learn_nouns() -> Letters:
    """The letters of the topics' words, held-out topics left out."""
    text = "\n".join(list_rows(held_out=False)).casefold()
    return Letters(dict.fromkeys(re.findall(r"[a-zà-öø-ÿœ]{4,}", text)))
