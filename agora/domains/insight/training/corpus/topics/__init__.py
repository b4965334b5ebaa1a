"""Topics with their own vocabulary, some of them kept for evaluation, and invented ones."""

from functools import cache
from random import Random

import msgspec

from agora.domains.insight.training.corpus import english, french
from agora.domains.insight.training.corpus.listed import list_rows
from agora.domains.insight.training.corpus.words import invent_thing
from agora.inference.context import Language


class Topic(msgspec.Struct, frozen=True):
    """A topic in one language: what belongs to it, what one does about it, what goes wrong with it."""

    name: str
    things: tuple[str, ...]
    actions: tuple[str, ...]
    problems: tuple[str, ...]
    invented: bool = False


def list_texts(topic: Topic) -> tuple[str, ...]:
    """All that a topic holds."""
    return (topic.name, *topic.things, *topic.actions, *topic.problems)


@cache
def list_topics(language: Language, held_out: bool = False) -> tuple[Topic, ...]:
    """The listed topics; about one in ten is held out of training, the same ones in both languages."""
    return tuple(_read(row, language) for row in list_rows(held_out))


def _read(row: str, language: Language) -> Topic:
    at = 0 if language == "en" else 1
    name, things, actions, problems = (part.split(";")[at].strip() for part in row.split("|"))
    return Topic(name, _split(things), _split(actions), _split(problems))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


def pick_topic(random: Random, language: Language, held_out: bool = False, invented: float = 0.5) -> Topic:
    """A topic; with the chance `invented` some or all of its words are new."""
    known = random.choice(list_topics(language, held_out))
    if random.random() >= invented:
        return known
    grammar = english if language == "en" else french
    strange = tuple(dict.fromkeys(invent_thing(random, language) for _ in range(3)))
    if random.random() < 0.4:
        return Topic(known.name, strange, known.actions, known.problems, invented=True)
    return Topic(
        name=invent_thing(random, language),
        things=strange,
        actions=tuple(random.sample(grammar.GENERAL_ACTIONS, 4)),
        problems=tuple(random.sample(grammar.GENERAL_PROBLEMS, 2)),
        invented=True,
    )
