"""The room of the benchmark: agents with a persona each, one transcript that grows with what they say.

All texts are made of words that are one token each (see `random_model`), so that sizes are exact for every contender.
"""

from __future__ import annotations

import msgspec

from agora.inference.random_model import RandomShape, Vocabulary, build_text, build_vocabulary

LINE_EXTRA = 3
"""Tokens of a line beside its words: line break, name, colon."""
_LINE_WORDS = 40


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured. Sizes in tokens, `limit_s` seconds for each contender."""

    agents: int = 20
    history: int = 1500
    persona: int = 120
    reply: int = 40
    turns: int = 60
    person_every: int = 6
    """After so many turns of agents a person writes and is answered."""
    threads: int = 2
    limit_s: float = 900.0
    seed: int = 1
    shape: RandomShape = RandomShape()

    @property
    def persons(self) -> int:
        """How often a person writes: not after the last turn."""
        return (self.turns - 1) // self.person_every

    @property
    def longest(self) -> int:
        """The longest prompt with its answer: the whole transcript at the end, a persona and a reply."""
        said = (self.turns + 2 * self.persons + 1) * (self.reply + LINE_EXTRA)
        return self.history + said + self.persona + self.reply + 2 * LINE_EXTRA

    @property
    def cells(self) -> int:
        """Room for the transcript once, and for what every agent adds to it."""
        return self.longest + (self.agents + 1) * (self.persona + 2 * (self.reply + LINE_EXTRA))


STARTER = Plan(shape=RandomShape(width=256, layers=4, heads=4, kv_heads=4, inner=768, vocabulary=4096))
"""The same room on a model of the starter model's size."""

QUICK = Plan(
    agents=6,
    history=700,
    persona=24,
    reply=16,
    turns=18,
    person_every=6,
    threads=1,
    shape=RandomShape(width=256, layers=2, heads=4, kv_heads=2, inner=512, vocabulary=4096, context=4096),
)
"""A form for tests: everything is there and counted, nothing is worth timing."""


def count_tokens(text: str) -> int:
    """Tokens of a text of this room: every word, line break and colon is one."""
    return text.count(" ") + text.count("\n") + text.count(":")


class Room:
    """Builds the prompts; the order in which agents speak changes them."""

    def __init__(self, plan: Plan) -> None:
        """Everything follows from the plan and its seed."""
        self._vocabulary = build_vocabulary(plan.shape.vocabulary)
        self._seed, self._reply = plan.seed, plan.reply
        self._names = self._draw(plan.agents + 1).split()
        self._personas = ["\n" + self._draw(plan.persona - 1) for _ in range(plan.agents)]
        rules = plan.history % (_LINE_WORDS + LINE_EXTRA) or _LINE_WORDS + LINE_EXTRA
        self._said = [self._draw(rules)]
        for at in range((plan.history - rules) // (_LINE_WORDS + LINE_EXTRA)):
            self.say(at % plan.agents, self._draw(_LINE_WORDS))

    @property
    def vocabulary(self) -> Vocabulary:
        """Of the model that the room was made for."""
        return self._vocabulary

    def say(self, agent: int, text: str) -> None:
        """A message is added to the transcript; agent -1 is the person."""
        self._said.append(f"\n {self._names[agent]}:{text}")

    def draw_line(self) -> str:
        """What a person says: new words, as long as a reply."""
        return self._draw(self._reply)

    def build_prompt(self, agent: int, *, persona_first: bool = False) -> str:
        """What this agent reads: the transcript before its persona, or the other way round; then the beginning of its line."""
        return "".join(self.build_parts(agent, persona_first=persona_first))

    def build_parts(self, agent: int, *, persona_first: bool = False) -> tuple[str, str]:
        """The same in two: what all agents begin with, which is nothing where personas come first, and the rest."""
        transcript, persona, line = "".join(self._said), self._personas[agent], f"\n {self._names[agent]}:"
        return ("", persona + transcript + line) if persona_first else (transcript, persona + line)

    def _draw(self, words: int) -> str:
        self._seed += 1
        return build_text(words, self._vocabulary, self._seed)
