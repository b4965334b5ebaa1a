"""All wordings of the grammar in one list, with their slots taken out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from agora.domains.insight.training.corpus import english, french, snippets, traits
from agora.domains.insight.training.corpus.facts import FACTS
from agora.inference.context import Language

_SLOT = re.compile(r"\{[^{}]*\}")


@cache
def list_wordings(language: Language) -> tuple[str, ...]:
    """Templates, colours, facts, snippets and everyday words of a language."""
    grammar = english if language == "en" else french
    parts = (
        grammar.ACTS, grammar.GENERAL_ACTIONS, grammar.GENERAL_THINGS, grammar.GENERAL_PROBLEMS,
        traits.LEAD[language], traits.TAIL[language], traits.MOODS[language], FACTS[language],
        snippets.TASKS[language], snippets.ANSWERS[language], snippets.SNIPPETS,
    )  # fmt: skip
    return tuple(_SLOT.sub(" ", text) for text in _flatten(parts))


def _flatten(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        yield from _flatten(part.values())
    elif isinstance(part, Iterable):
        for each in part:
            yield from _flatten(each)
