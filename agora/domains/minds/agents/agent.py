"""What an agent is: values, no behaviour. A turn is one chance to speak."""

from __future__ import annotations

import enum
from typing import Annotated, Literal

import msgspec

from agora.inference.context import Language

Unit = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
AgentState = Literal["active", "paused"]
TurnState = Literal["waiting", "running", "done", "failed", "cancelled"]

LANGUAGES: tuple[Language, ...] = ("en", "fr")


class Traits(msgspec.Struct, frozen=True):
    """The five great traits, each from 0 to 1; 0.5 is the middle."""

    openness: Unit = 0.5
    conscientiousness: Unit = 0.5
    extraversion: Unit = 0.5
    agreeableness: Unit = 0.5
    neuroticism: Unit = 0.5


class Voice(msgspec.Struct, frozen=True):
    """Interests and instructions in one language."""

    interests: tuple[str, ...] = ()
    instructions: str = ""


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """One agent. It speaks as the bot user ``user_id``.

    ``voice`` is what its author wrote; ``translations`` may hold the same in other languages.
    ``model`` is the name of a model file, or None for the server's own choice. ``energy`` (0 to 1) stood so at
    ``energy_at`` (UTC ms) and has recovered since; see ``energy.py``.
    """

    id: int
    user_id: int
    name: str
    state: AgentState = "active"
    traits: Traits = Traits()
    voice: Voice = Voice()
    translations: dict[str, Voice] = {}
    languages: tuple[str, ...] = LANGUAGES
    model: str | None = None
    energy: float = 1.0
    energy_at: int = 0
    created_at: int = 0

    def speaks(self, language: str) -> Voice:
        """Its voice in a language, or as it was written when there is no translation."""
        return self.translations.get(language, self.voice)

    def all_interests(self) -> tuple[str, ...]:
        """Interests in every language, each once."""
        voices = (self.voice, *self.translations.values())
        return tuple(dict.fromkeys(word for voice in voices for word in voice.interests))


class TurnClass(enum.IntEnum):
    """How urgent a turn is; the smaller, the sooner."""

    WAITING_PERSON = 0
    MENTION = 1
    REPLY = 2
    AMBIENT = 3
    BACKGROUND = 4

    @property
    def word(self) -> str:
        """The name on the wire: ``person``, ``mention``, ``reply``, ``ambient``, ``background``."""
        return _WORDS[self]


_WORDS = {
    TurnClass.WAITING_PERSON: "person",
    TurnClass.MENTION: "mention",
    TurnClass.REPLY: "reply",
    TurnClass.AMBIENT: "ambient",
    TurnClass.BACKGROUND: "background",
}


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One chance of one agent to speak in one channel.

    ``trigger_id`` is the ledger event that led to it (0: its own clock), ``message_id`` the message to answer.
    ``root`` is the message that began the exchange: agents that answer each other share it. ``depth`` counts the acts
    of agents between the trigger and a person. ``reason`` says why the agent attends, ``outcome`` how it ended or what went
    wrong last. ``not_before`` is UTC ms.
    """

    id: int
    agent_id: int
    channel_id: int
    guild_id: int | None
    trigger_id: int
    message_id: int | None
    urgency: TurnClass
    state: TurnState
    depth: int
    root: int
    reason: str
    outcome: str
    attempts: int
    merged: int
    not_before: int
    created_at: int
    started_at: int | None
    finished_at: int | None
    sent_id: int | None
    receipt: str | None
