"""Words as the full-text index knows them, and their stems in English and in French.

The index's tokenizer (``unicode61 remove_diacritics 2``) folds case and accents but knows no stems; SQLite has a stemmer for
English alone, and a message does not say which language it is in. So stems are kept beside the index: a table of the words that
occur, each under its stems, and a search asks for all words that have a stem in common with the one that was typed. Thus words in
quotation marks are still found exactly as they stand. The stems are Snowball's (https://snowballstem.org/algorithms/).
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

SHORTEST, LONGEST = 3, 40
WORD = re.compile(r"[^\W\d_]+")
_LOCK = threading.Lock()  # a stemmer keeps the word it is at


def fold(text: str) -> str:
    """Lower case without accents, as the tokenizer does."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))


@lru_cache(maxsize=20_000)
def find_stems(word: str) -> frozenset[str]:
    """The stems of one word as it is written, each with its language; none of a word too short or too long to have any."""
    if not SHORTEST <= len(word) <= LONGEST:
        return frozenset()
    word = word.lower()
    with _LOCK:
        return frozenset(f"{language}:{fold(stemmer.stemWord(word))}" for language, stemmer in _load_stemmers())


@cache
def _load_stemmers() -> tuple[tuple[str, Any], ...]:
    from snowballstemmer import stemmer  # every language that it knows: not at each start of a command

    return tuple((language[0], stemmer(language)) for language in ("english", "french"))


def find_words(texts: Iterable[str]) -> dict[str, set[str]]:
    """The words of some texts as the index knows them, each with all spellings it was met in."""
    found: dict[str, set[str]] = {}
    for text in texts:
        for word in set(WORD.findall(text)):
            if SHORTEST <= len(word) <= LONGEST:
                found.setdefault(fold(word), set()).add(word.lower())
    return found
