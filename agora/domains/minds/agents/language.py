"""Which of Agora's two languages a conversation is held in: small words tell, and the last lines weigh most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agora.domains.minds.agents.words import list_words
from agora.inference.context import Language

_ENGLISH = """
the and is are was you your we they he she it this that of to in on for with not but what how why do does did have has
i'm it's don't can will would should there who when where about hello hi thanks please my me his her its our
"""
_FRENCH = """
le la les un une des du de et est sont etait tu vous nous ils elles il elle ce cette ces que qui quoi comment pourquoi pas
mais dans sur pour avec je j'ai c'est n'est ne bonjour salut merci mon ma mes ton ta votre notre au aux ou oui non suis avez
as quand y'a l'on d'un d'une qu'est qu'il s'il
"""
_SMALL: dict[Language, frozenset[str]] = {"en": frozenset(_ENGLISH.split()), "fr": frozenset(_FRENCH.split())}


def find_language(lines: Sequence[str], allowed: Iterable[Language], default: Language) -> Language:
    """The language of the newest line that shows one, among those allowed; else ``default`` (or the first allowed)."""
    choices = tuple(allowed)
    fallback = default if default in choices or not choices else choices[0]
    for line in reversed(lines):
        found = _of_line(line)
        if found in choices:
            return found
    return fallback


def _of_line(text: str) -> Language | None:
    words = [word.replace("’", "'") for word in list_words(text)]
    english = sum(word in _SMALL["en"] for word in words)
    french = sum(word in _SMALL["fr"] or word[:2] in ("l'", "d'", "j'", "c'", "n'", "s'") for word in words)
    if english == french:
        return None
    return "en" if english > french else "fr"
