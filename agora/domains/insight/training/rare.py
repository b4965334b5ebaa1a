"""Words that are whole in the vocabulary but hardly ever stood in training: prompts are to spell them (see `spelled`)."""

import re
from typing import TYPE_CHECKING

import numpy as np

from agora.domains.insight.training.corpus.wordings import list_wordings
from agora.domains.insight.training.rows import Rows
from agora.domains.insight.training.tokenizer import LANGUAGES

if TYPE_CHECKING:
    from tokenizers import Tokenizer

RARE = 1 / 75_000
"""Share of all tokens below which a word is not copied dependably: on held-out topics words of 40 to 80 in 7.6 million failed
nearly always, those of more than 110 hardly ever."""
_WORD = re.compile(r"[^\W\d_]+")


def list_rare(tokenizer: "Tokenizer", rows: Rows) -> list[str]:
    """The rare whole words in a text, each with the space or apostrophe that its token holds; the grammar's own words are none."""
    counts = np.bincount(rows.ids.ravel(), minlength=tokenizer.get_vocab_size())
    own = {word.casefold() for language in LANGUAGES for text in list_wordings(language) for word in _WORD.findall(text)}
    found = []
    for token in np.flatnonzero(counts < RARE * rows.ids.size).tolist():
        text = tokenizer.decode([token], skip_special_tokens=False)
        word = text[1:]
        if text[:1] in (" ", "'") and len(word) > 1 and word.isalpha() and word.casefold() not in own:
            found.append(text)
    return sorted(found)
