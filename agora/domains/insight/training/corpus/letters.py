"""Invents words that look like listed ones: each letter is drawn as it follows the last three in some listed word."""

import re
from collections.abc import Iterable
from functools import cache
from random import Random

from agora.domains.insight.training.corpus.listed import list_rows

_ORDER = 3
_END = ""


class Letters:
    """What may follow three letters, told from some words."""

    def __init__(self, words: Iterable[str]) -> None:
        self._next: dict[str, list[str]] = {}
        for word in words:
            padded = " " * _ORDER + word
            for at in range(_ORDER, len(padded)):
                self._next.setdefault(padded[at - _ORDER : at], []).append(padded[at])
            self._next.setdefault(padded[-_ORDER:], []).append(_END)

    def draw(self, random: Random, shortest: int = 4, longest: int = 11) -> str:
        """A word of between `shortest` and `longest` letters."""
        while True:
            word = " " * _ORDER
            while len(word) <= _ORDER + longest:
                letter = random.choice(self._next[word[-_ORDER:]])
                if letter == _END:
                    break
                word += letter
            if shortest <= len(word) - _ORDER <= longest:
                return word[_ORDER:]


@cache
def learn_nouns() -> Letters:
    """The letters of the topics' words, held-out topics left out."""
    text = "\n".join(list_rows(held_out=False)).casefold()
    return Letters(dict.fromkeys(re.findall(r"[a-zà-öø-ÿœ]{4,}", text)))
