"""One line for what was said before the transcript begins: how it is asked for, and what of a model's answer is taken.

A chat model is taken at its word. The starter model is small: of its lines only those stay that end with a word of the
conversation. When none does, the line is made without a model, of who spoke and what they spoke of most.
"""

import re
from collections import Counter
from collections.abc import Sequence

from agora.inference.context import Language, Line, PrivateContext, Task
from agora.inference.folding import fold_letters
from agora.inference.layout import LONGEST_SUMMARY, Style
from agora.inference.ports import Sampler
from agora.inference.safety import clean_line, clean_name
from agora.inference.subject import STOP_WORDS, find_subject

TASK = Task("summarise", n=2)
MAX_TOKENS: dict[Style, int] = {"starter": 64, "chat": 128}
SAMPLER = Sampler(temperature=0.0, repeat_penalty=1.1)
"""The likeliest words: a summary is not to be lively, and the same conversation gives the same one."""

MOST_NAMED = 3
_WORD = re.compile(r"[^\W_]+")
_SAYINGS = {
    "en": {"one": "{names} spoke of {matters}.", "many": "{names} spoke of {matters}.", "none": "{names} exchanged a few words."},
    "fr": {
        "one": "{names} a parlé de : {matters}.",
        "many": "{names} ont parlé de : {matters}.",
        "none": "Quelques mots de {names}.",
    },
}
_AND = {"en": " and ", "fr": " et "}


def build_summariser(name: str) -> PrivateContext:
    """What the model is told after the conversation: the task, to somebody without a character."""
    return PrivateContext(name=name, task=TASK)


def read_summary(raw: str, lines: Sequence[Line], style: Style, language: Language) -> str:
    """A model's answer about these lines as one line; empty when nothing of it can be used."""
    found = dict.fromkeys(clean_line(part).lstrip("-–•* ").rstrip() for part in raw.splitlines())
    kept = [part for part in found if part and (style == "chat" or _is_of(part, lines, language))]
    return clean_line(" ".join(part if part[-1] in ".!?…" else f"{part}." for part in kept[: TASK.n]), LONGEST_SUMMARY)


def name_matters(lines: Sequence[Line], language: Language) -> str:
    """Who spoke and of what most, without a model; empty without lines."""
    if not lines:
        return ""
    voices = [name for name, _ in Counter(clean_name(line.speaker) for line in lines).most_common(MOST_NAMED)]
    names = {line.speaker for line in lines}
    spoken = (find_subject([line.text], "", language, names) for line in lines)
    matters = [matter for matter, _ in Counter(found for found in spoken if found).most_common(MOST_NAMED)]
    form = "none" if not matters else "one" if len(voices) == 1 else "many"
    return _SAYINGS[language][form].format(names=_join(voices, language), matters=_join(matters, language))


def _is_of(part: str, lines: Sequence[Line], language: Language) -> bool:
    """Whether its last word is one that tells something and was said."""
    words = _list_words(part)
    said = {word for line in lines for word in _list_words(line.text)}
    return bool(words) and words[-1] in said and words[-1] not in STOP_WORDS[language] and len(words[-1]) > 2


def _list_words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(fold_letters(text))]


def _join(names: Sequence[str], language: Language) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + _AND[language] + names[-1] if names else ""
