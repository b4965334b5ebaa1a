"""The words that the grammar has by heart, for the model file: while it writes, it is held to them and to its prompt's."""

import re
from collections import Counter

from agora.domains.insight.training.corpus.samples import Branch, make_samples
from agora.domains.insight.training.corpus.topics import list_texts, list_topics
from agora.domains.insight.training.corpus.wordings import list_wordings
from agora.inference.context import Language, SharedContext
from agora.inference.layout import LANGUAGE_TOKENS, build_private, build_shared

_WORD = re.compile(r"[^\W\d_]+")
_OFTEN = 8
"""How many replies must have a word that their prompts do not hold: an invented word in a wording's place is rarer."""


def list_taught(seed: int, samples: int) -> dict[str, str]:
    """The words of each language, in order, under the token that ends a prompt in it: those of wordings and topics, and what
    else the replies of some samples say of themselves (a summary's words, those of JSON)."""
    return {token: " ".join(sorted(_list_words(language, seed, samples))) for language, token in LANGUAGE_TOKENS.items()}


def _list_words(language: Language, seed: int, samples: int) -> set[str]:
    known = {word for text in list_wordings(language) for word in _WORD.findall(text)}
    known.update(word for topic in list_topics(language) for text in list_texts(topic) for word in _WORD.findall(text))
    counts: Counter[str] = Counter()
    for sample in make_samples(seed, samples):
        if sample.shared.language == language:
            for branch in sample.branches:
                counts.update(_list_own(branch, sample.shared) - known)
    return known | {word for word, count in counts.items() if count >= _OFTEN}


def _list_own(branch: Branch, shared: SharedContext) -> set[str]:
    prompt = build_shared(shared) + build_private(branch.private, shared)
    return set(_WORD.findall(branch.reply)) - set(_WORD.findall(prompt))
