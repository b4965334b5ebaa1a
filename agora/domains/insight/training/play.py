"""Dialogues that the model plays with itself, for the model card: nothing is chosen, nothing is left out."""

from random import Random

import msgspec

from agora.domains.insight.training.corpus.people import pick_names, pick_traits
from agora.domains.insight.training.corpus.topics import pick_topic
from agora.domains.insight.training.evaluate import LONGEST
from agora.inference.cleaning import clean_reply
from agora.inference.context import Language, Line, PrivateContext, SharedContext, Task
from agora.inference.layout import build_prompt, keep_recent
from agora.inference.liveliness import choose_sampler
from agora.inference.ports import Engine, GenerationRequest, complete, text_prompt

_MOST_LINES = 8


class Dialogue(msgspec.Struct, frozen=True):
    """What was said, and who the agents are."""

    shared: SharedContext
    characters: dict[str, dict[str, float]]


async def play(engine: Engine, language: Language, seed: int, turns: int = 8) -> Dialogue:
    """Three agents with one strong trait each talk about a held-out topic; the first opens, the others answer."""
    random = Random(f"play/{language}/{seed}")
    topic = pick_topic(random, language, held_out=True, invented=0.3)
    names = pick_names(random, 3, held_out=True)
    characters = {name: pick_traits(random) for name in names}
    shared = SharedContext("Agora", "general", language, topic=topic.name)
    speaker = names[0]
    for turn in range(turns):
        last = shared.lines[-1].speaker if shared.lines else None
        task = Task("reply", last) if last else Task("open", about=topic.name)
        private = PrivateContext(speaker, task, characters[speaker])
        recent = msgspec.structs.replace(shared, lines=keep_recent(shared.lines, _MOST_LINES))
        request = GenerationRequest(
            prompt=text_prompt(build_prompt(recent, private), control=True),
            max_tokens=LONGEST,
            sampler=choose_sampler(0, "starter"),
            seed=seed * 100 + turn,
        )
        text = (await complete(engine, request)).text
        line = Line(speaker, clean_reply(text, speaker, names), last)
        shared = msgspec.structs.replace(shared, lines=(*shared.lines, line))
        speaker = random.choice([name for name in names if name != speaker])
    return Dialogue(shared, characters)
