"""Expands a template: `[one|other]` choices, then `{slot}` values, with French contractions."""

import re
from collections.abc import Mapping
from random import Random

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(?:(de|à):)?(\w+)\}")
_VOWELS = "aeiouyhéèêëàâäáåãîïíôöóøõœûüúù"


def expand(template: str, slots: Mapping[str, str], random: Random) -> str:
    """The text of a template. Raises KeyError for a slot without a value."""
    text = _CHOICE.sub(lambda found: random.choice(found.group(1).split("|")), template)
    text = re.sub(" {2,}", " ", text)  # an empty choice leaves two spaces
    return _SLOT.sub(lambda found: _fill(found.group(1), slots[found.group(2)], found.group(2) in "abc"), text)


def _fill(word: str | None, value: str, is_action: bool) -> str:
    if is_action and word == "de":
        # "le dire" is a pronoun and a verb: de le dire, never "du dire".
        return f"d'{value}" if value[:1] in _VOWELS else f"de {value}"
    if word == "de":
        return of(value)
    if word == "à":
        return to(value)
    return value


def of(value: str) -> str:
    """`de` before a value: du jardin, des roses, de la mer, d'arroser."""
    if value.startswith("le "):
        return "du " + value[3:]
    if value.startswith("les "):
        return "des " + value[4:]
    return f"d'{value}" if value[:1].lower() in _VOWELS and not value[:1].isupper() else f"de {value}"


def to(value: str) -> str:
    """`à` before a value: au jardin, aux roses, à la mer."""
    if value.startswith("le "):
        return "au " + value[3:]
    if value.startswith("les "):
        return "aux " + value[4:]
    return f"à {value}"


def strip_article(value: str) -> str:
    """A French noun as people write it in a list: jardin, roses, école."""
    return re.sub(r"^(?:le |la |les |l')", "", value)
