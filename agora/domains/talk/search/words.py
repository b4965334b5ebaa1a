"""From what people type to terms, and from terms to an FTS5 expression that is never a syntax error.

Every word is quoted, so operators and punctuation lose their meaning; a text in quotation marks is a phrase
(https://www.sqlite.org/fts5.html#fts5_strings).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agora.domains.talk.search.match import Term

MAX_TERMS = 32
_QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"') | {"\x00": " "})
_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')
_WORD = re.compile(r"[^\W_]")
# l'eau, qu'elle: what stands before the apostrophe is no word that anybody looks for
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu)['’](?=\w)", re.IGNORECASE)


def build_terms(text: str, *, as_you_type: bool = False) -> tuple[Term, ...]:
    """What must occur. ``as_you_type``: the last word may be unfinished."""
    found = [each for each in _TERM.finditer(text.translate(_QUOTES)) if _WORD.search(each[0])][:MAX_TERMS]
    terms = []
    for each in found:
        if each[1] is not None:
            terms.append(Term(each[1], exact=True))
            continue
        word = _ELIDED.sub("", each[2])
        terms.append(Term(word, unfinished=as_you_type and each is found[-1] and len(word) > 1))
    return tuple(terms)


def quote(text: str) -> str:
    """A string of FTS5: the words in it, one after another."""
    return '"' + text.replace('"', '""') + '"'


def either(alternatives: Sequence[str]) -> str:
    """One of several expressions."""
    return alternatives[0] if len(alternatives) == 1 else f"({' OR '.join(alternatives)})"
