"""Tells from a text what is done in it: asking, agreeing, thanking. The wordings of the grammar, read backwards."""

import re
from functools import cache

from agora.domains.insight.training.corpus import english, french, snippets
from agora.domains.insight.training.corpus.facts import FACTS
from agora.domains.insight.training.corpus.flow import ANSWERS
from agora.inference.context import Language

_PART = re.compile(r"\[([^\[\]]*)\]|\{[^{}]*\}")
_ANYTHING = ".{1,60}?"


def tell_acts(text: str, language: Language) -> frozenset[str]:
    """The acts of which a wording is found in a text; often one, none where the grammar has no such words."""
    return frozenset(act for act, pattern in _list_patterns(language) if pattern.search(text))


def answers_in_kind(heard: str, said: str, language: Language) -> bool | None:
    """Whether what was said is among the acts that may answer what was heard; None where that cannot be told."""
    fitting = {answer for act in tell_acts(heard, language) for answer in ANSWERS.get(act, ())}
    return bool(fitting & tell_acts(said, language)) if fitting else None


@cache
def _list_patterns(language: Language) -> tuple[tuple[str, re.Pattern[str]], ...]:
    wordings = [(act, text) for act, texts in (english if language == "en" else french).ACTS.items() for text in texts]
    for question, answer in FACTS[language]:
        wordings += [("ask_fact", question), ("fact", answer)]
    wordings += [("ask_code", text) for text in snippets.TASKS[language]]
    wordings += [("code", text) for text in snippets.ANSWERS[language]]
    return tuple((act, _read_backwards(text)) for act, text in wordings)


def _read_backwards(template: str) -> re.Pattern[str]:
    found, at = "", 0
    for part in _PART.finditer(template):
        found += re.escape(template[at : part.start()])
        choices = part.group(1)
        found += _ANYTHING if choices is None else f"(?:{'|'.join(map(_escape_choice, choices.split('|')))})"
        at = part.end()
    found += re.escape(template[at:])
    return re.compile(found.replace("\\ ", " *"), re.IGNORECASE)


def _escape_choice(choice: str) -> str:
    return _ANYTHING.join(map(re.escape, re.split(r"\{[^{}]*\}", choice)))
