"""What a prompt is made of, before it takes any shape. Pure values, shared by the runtime and the trainer."""

from collections.abc import Mapping
from typing import Literal

import msgspec

Language = Literal["en", "fr"]
TaskKind = Literal["reply", "open", "summarise", "json", "title", "topic", "mediate"]

TRAITS = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")
"""The five great traits, each a number from 0 to 1; 0.5 is the middle and says nothing."""

MOODS = ("cheerful", "calm", "tired", "sad", "annoyed", "worried", "proud", "playful", "curious", "focused")
"""Moods with a wording of their own; any other mood is passed on as it is written."""


class Line(msgspec.Struct, frozen=True):
    """One message of the transcript. `reply_to` is the name of the person or agent it answers."""

    speaker: str
    text: str
    reply_to: str | None = None
    is_person: bool = False


class SharedContext(msgspec.Struct, frozen=True):
    """What every agent that may read the channel sees alike: it becomes the common prefix of their prompts."""

    community: str
    channel: str
    language: Language
    rules: str = ""
    topic: str = ""
    lines: tuple[Line, ...] = ()
    summary: str = ""
    """What was said before the lines, in a sentence or two; empty when nothing was or nobody has summed it up."""


class Task(msgspec.Struct, frozen=True):
    """What to do now.

    `target`: whom to answer (reply), or the two parties as "A, B" (mediate). None: everybody.
    `n`: number of lines (summarise) or words (title). `shape`: the JSON to answer with, as in `{"mood": string}`.
    `about`: the matter to take up; None lets `build_prompt` find it in the last messages.
    """

    kind: TaskKind = "reply"
    target: str | None = None
    n: int | None = None
    shape: str | None = None
    about: str | None = None


class PrivateContext(msgspec.Struct, frozen=True):
    """What only this agent is told, after the shared part."""

    name: str
    task: Task
    traits: Mapping[str, float] = msgspec.field(default_factory=dict)
    interests: tuple[str, ...] = ()
    instructions: str = ""
    mood: str = "calm"
    memories: tuple[str, ...] = ()
