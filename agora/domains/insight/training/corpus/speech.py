"""Puts one message together: the act itself, the colour of a character and a mood, and the name addressed."""

import re
from collections.abc import Mapping
from random import Random

import msgspec

from agora.domains.insight.training.corpus import english, french
from agora.domains.insight.training.corpus.expand import expand
from agora.domains.insight.training.corpus.traits import LEAD, MOODS, TAIL
from agora.inference.context import Language
from agora.inference.wording import list_trait_words

ACTS = {"en": english.ACTS, "fr": french.ACTS}
_KEEP_CAPITAL = ("I", "I'm", "I'd", "I'll", "I've", "Agora", "GGUF")
_SECOND_PERSON = re.compile(r"\b(tu|te|toi|ton|ta|tes|you|your|yourself)\b|\bt'", re.IGNORECASE)
_IMPERATIVE = re.compile(r"\b(Essaie|Raconte|Dis-moi|Laisse-moi|pense|Tell|Prends)\b")


class Speaker(msgspec.Struct, frozen=True):
    """Somebody who talks: a person, or an agent with a character."""

    name: str
    traits: Mapping[str, float]
    mood: str
    interests: tuple[str, ...]
    is_person: bool = False


def say_act(
    act: str,
    speaker: Speaker,
    slots: Mapping[str, str],
    language: Language,
    random: Random,
    to: str | None = None,
    plain: bool = False,
) -> str:
    """A message that performs `act`. `to`: the name to put into it. `plain`: with as little colour as can be."""
    template = pick_template(act, language, random, addressed=to is not None)
    core = expand(template, slots, random)
    return dress(core, speaker, language, random, to, plain)


def pick_template(act: str, language: Language, random: Random, addressed: bool) -> str:
    """A wording of the act; one that says "you" to a single person only when somebody is addressed."""
    templates = ACTS[language][act]
    if not addressed:
        open_ones = [t for t in templates if not _SECOND_PERSON.search(t) and not _IMPERATIVE.search(t)]
        templates = tuple(open_ones) or templates
    return random.choice(templates)


def dress(core: str, speaker: Speaker, language: Language, random: Random, to: str | None = None, plain: bool = False) -> str:
    """Adds what the speaker's character and mood say before and after, and the addressee's name."""
    lead, tail = _colour(speaker, language, random, plain)
    if to and (not lead or random.random() < 0.12):
        core = f"{to}, {lower_first(core)}"
    elif to:
        lead = f"{to}, {lower_first(lead)}"
    if lead.endswith((",", ":")) and not core.startswith(to or "\0"):
        core = lower_first(core)
    return " ".join(part for part in (lead, core, tail) if part)


def _colour(speaker: Speaker, language: Language, random: Random, plain: bool) -> tuple[str, str]:
    """Something before, something after, or both: the strongest trait is in it, now and then the mood or the next trait."""
    words = list_trait_words(speaker.traits)
    if speaker.is_person and random.random() < 0.75:
        return "", ""
    first, second = words[0], words[1] if len(words) > 1 else words[0]
    style = random.random()
    lead = expand(random.choice(LEAD[language][first]), {}, random) if style < 0.55 or plain else ""
    if plain:
        return lead, ""
    tail = expand(random.choice(TAIL[language][second if style < 0.16 else first]), {}, random) if style > 0.12 else ""
    mood = MOODS[language].get(speaker.mood)
    if mood and not lead and random.random() < 0.3:
        lead = expand(random.choice(mood), {}, random)
    return lead, tail


def lower_first(text: str) -> str:
    """The text as it goes on after a comma."""
    word = re.split(r"[\s,.;:!?]", text, maxsplit=1)[0]
    if word in _KEEP_CAPITAL or (len(word) > 1 and word[1:] != word[1:].lower()):
        return text
    return text[:1].lower() + text[1:]
