"""Invented words and names, pronounceable and new each time: they can only be copied, never known."""

import re
from random import Random

from agora.domains.insight.training.corpus.letters import learn_nouns

_ONSETS = (*"bcdfghjklmnprstvwzbdklmnrstv", "br", "ch", "cl", "dr", "fr", "gr", "kr", "pr", "sh", "st", "th", "tr")
_VOWELS = (*"aeiouaeiouaeio", "ai", "au", "ei", "ia", "io", "ou", "é", "è")
_ENDS = ("",) * 9 + ("n", "r", "l", "s", "t", "m", "x", "nd", "rt", "ck")
_WORD_ENDS = ("ine", "ade", "ette", "or", "ix", "oon", "ling", "ish", "ule", "ard", "et", "ola", "ium", "", "", "")

_ACCENTS = {"a": "áäåãâà", "e": "ëêè", "i": "ïîí", "o": "öôóøõœ", "u": "üûúù", "n": "ñ", "c": "ç", "y": "ÿ", "s": "ß"}
_ACCENT_SHARE = 0.06

# Syllables thrown together make a rude word now and then, in one of the two languages.
_RUDE = re.compile(
    r"sex|fuc?k|shit|cunt|coc?k|dick|anal|anus|nazi|tits|slut|whor|rape|porn|puss|penis|vagin|bitch|nig|fag|crap|puk|poo|pis|"
    r"put(?:e|ai)|merd|bit(?:e|ou)|couil|salop|salau|encul|chi(?:e|a)|con(?:$|n)|cul(?:$|s)|nich|p[eé]d[eé]|zob|foutr"
)


def is_decent(word: str) -> bool:
    """Whether an invented word can be shown to anybody."""
    return not _RUDE.search(word.casefold())


def _invent(random: Random, syllables: int) -> str:
    while True:
        word = "".join(random.choice(_ONSETS) + random.choice(_VOWELS) + random.choice(_ENDS) for _ in range(syllables))
        if is_decent(word):
            return _accent(word, random)


def _accent(word: str, random: Random) -> str:
    """Now and then with a letter that few listed words have, so that every one of them is learnt."""
    places = [at for at, letter in enumerate(word) if letter in _ACCENTS] if random.random() < _ACCENT_SHARE else []
    if not places:
        return word
    at = random.choice(places)
    return word[:at] + random.choice(_ACCENTS[word[at]]) + word[at + 1 :]


def invent_name(random: Random) -> str:
    """A person's name of one to three syllables; now and then written the way nicknames are."""
    name = _invent(random, random.choice((1, 2, 2, 2, 3))).capitalize()
    style = random.random()
    if style < 0.06:
        return f"{name}{random.randint(1, 99)}"
    if style < 0.10:
        return name.lower()
    if style < 0.14:
        return f"{name} {_invent(random, 1).capitalize()}"
    if style < 0.17:
        return f"{name}_{_invent(random, 1)}"
    return name


def invent_word(random: Random) -> str:
    """A common noun: syllables, or letters in the order in which real words have them."""
    while True:
        if random.random() < 0.5:
            word = _invent(random, random.choice((1, 2, 2))) + random.choice(_WORD_ENDS)
        else:
            word = learn_nouns().draw(random)
        if is_decent(word):
            return word


def invent_thing(random: Random, language: str) -> str:
    """A matter nobody knows, with an article in French more often than not; now and then a proper name."""
    word = invent_word(random)
    kind = random.random()
    if kind < 0.15:
        return word.capitalize()
    if language == "en":
        return f"the {word}" if kind < 0.3 else f"{word}s" if kind < 0.65 and not word.endswith(("s", "x")) else word
    if kind < 0.3:
        return word
    if kind < 0.55:
        return f"les {word}" + ("" if word.endswith(("s", "x")) else "s")
    if word[0] in "aeiouyhéèêëàâäáåãîïíôöóøõœûüúù":
        return f"l'{word}"
    return f"le {word}" if kind < 0.78 else f"la {word}"
