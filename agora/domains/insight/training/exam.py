"""The questions of the evaluation: turns on topics, names and seeds that training never saw."""

from collections.abc import Iterator
from random import Random

import msgspec

from agora.domains.insight.training.corpus.people import pick_traits
from agora.domains.insight.training.corpus.samples import GRAMMAR_VERSION, make_sample
from agora.inference.context import TRAITS, Language, PrivateContext, SharedContext

EXAM_SEED = 9001


class Question(msgspec.Struct, frozen=True):
    """One turn to be answered. `new_topic`: its words were invented; `trait`: the one that stands out."""

    shared: SharedContext
    private: PrivateContext
    trait: str
    new_topic: bool


def list_questions(language: Language, count: int, seed: int = EXAM_SEED) -> list[Question]:
    """`count` addressed turns in a language; half of them on invented topics, traits in turn."""
    found: list[Question] = []
    for sample_language, question in _make_questions(seed):
        if sample_language == language:
            found.append(question)
        if len(found) == count:
            break
    return found


def list_json_questions(count: int, seed: int = EXAM_SEED) -> list[Question]:
    """Turns that ask for JSON."""
    found: list[Question] = []
    at = 0
    while len(found) < count:
        sample = make_sample(f"{GRAMMAR_VERSION}/exam-json/{seed}/{at}", held_out=True)
        at += 1
        asked = [branch.private for branch in sample.branches if branch.private.task.kind == "json"]
        found += [Question(sample.shared, private, TRAITS[0], new_topic=False) for private in asked]
    return found[:count]


def _make_questions(seed: int) -> Iterator[tuple[Language, Question]]:
    at = 0
    while True:
        new = at % 2 == 0
        sample = make_sample(f"{GRAMMAR_VERSION}/exam/{seed}/{at}", held_out=True, invented=1.0 if new else 0.0)
        random = Random(f"exam/{seed}/{at}")
        at += 1
        for branch in sample.branches:
            task = branch.private.task
            if task.kind == "reply" and task.target:
                trait = TRAITS[at % len(TRAITS)]
                traits = dict.fromkeys(TRAITS, 0.5) | {trait: pick_traits(random, trait)[trait]}
                # `about` is left to the runtime's own search, as it is when agents really talk.
                asked = msgspec.structs.replace(task, about=None)
                private = msgspec.structs.replace(branch.private, traits=traits, task=asked)
                yield sample.shared.language, Question(sample.shared, private, trait, new)
                break
