"""From what people type to an FTS5 expression that is never a syntax error.

Every word is quoted, so operators and punctuation lose their meaning; a text in quotation marks is a phrase
(https://www.sqlite.org/fts5.html#fts5_strings).
"""

from __future__ import annotations

import re

MAX_TERMS = 32
_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')
_WORD = re.compile(r"\w", re.UNICODE)


def build_expression(text: str, *, as_you_type: bool = False) -> str | None:
    """All terms must occur; None when there is no word to look for. ``as_you_type``: the last word may be unfinished."""
    terms: list[str] = []
    matches = [found for found in _TERM.finditer(text.replace("\x00", " ")) if _WORD.search(found[0])][:MAX_TERMS]
    for found in matches:
        term = found[1] if found[1] is not None else found[2]
        unfinished = as_you_type and found is matches[-1] and found[2] is not None and len(term) > 1
        terms.append(f'"{term}"*' if unfinished else f'"{term}"')
    return " ".join(terms) or None
