"""Who attends to a message. Pure: the same message, agents and seed give the same answer.

1. Whoever a person addresses attends: by mention, as the author replied to, by name, or as the only other party.
2. Whoever an agent addresses attends unless the exchange has gone deep or its own energy is spent.
3. Others join in by chance: interests that the words touch, openness, extraversion, energy left, distance from a person
   and time since they last spoke make it more or less likely.
   Who was answered, though not called upon, is drawn in more than others.
4. A person's message that nobody was asked to answer, and a conversation that an agent opens, find at least the one agent
   they suit best.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from agora.domains.minds.agents.agent import Traits, TurnClass
from agora.domains.minds.agents.energy import cost
from agora.domains.minds.agents.words import count_hits, is_named, list_words


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A message as agents hear it. ``parties`` is who else is in a direct message; empty in a guild.

    ``mentions``, ``reply_author`` and ``answers`` (whom an agent answers without calling upon them) are user ids.
    ``opens``: an agent begins a conversation with it. ``depth`` counts acts of agents since a person's.
    """

    event_id: int
    author_id: int
    by_agent: bool
    text: str
    mentions: frozenset[int] = frozenset()
    reply_author: int | None = None
    answers: int | None = None
    opens: bool = False
    parties: frozenset[int] = frozenset()
    depth: int = 0


class Ear(msgspec.Struct, frozen=True, kw_only=True):
    """An agent that could attend. ``rested_ms``: since it last spoke in this channel, None if it never did.

    One that is not ``awake`` (paused, or the model is away) only notes what people say to it, for later.
    """

    agent_id: int
    user_id: int
    name: str
    traits: Traits = Traits()
    interests: tuple[str, ...] = ()
    energy: float = 1.0
    rested_ms: int | None = None
    awake: bool = True


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of attention. ``max_depth``: messages this deep wake nobody. ``crowd``: how many may join in by chance."""

    max_depth: int = 8
    crowd: int = 2
    cooldown_ms: int = 30_000
    seed: int = 0


class Notice(msgspec.Struct, frozen=True):
    """One agent attends, how urgently and why (a word for the log and the receipt)."""

    agent_id: int
    urgency: TurnClass
    reason: str


_FALL = 0.8  # each act of an agent makes the next one less likely
_URGENCY = {
    "mention": TurnClass.MENTION,
    "name": TurnClass.MENTION,
    "reply": TurnClass.REPLY,
    "direct": TurnClass.REPLY,
}


def decide(heard: Heard, ears: Sequence[Ear], policy: Policy) -> list[Notice]:
    """The agents that attend, most urgent first."""
    if heard.depth >= policy.max_depth:
        return []
    words = list_words(heard.text)
    others = [ear for ear in ears if ear.user_id != heard.author_id]
    addressed = {ear.agent_id: how for ear in others if (how := find_address(heard, ear, words))}
    notices = [_called(heard, ear, addressed[ear.agent_id], policy) for ear in others if ear.agent_id in addressed]
    found = [notice for notice in notices if notice is not None]
    if heard.by_agent or not addressed:
        free = [ear for ear in others if ear.awake and ear.agent_id not in addressed]
        found += _joining(heard, free, words, policy, found)
    return sorted(found, key=lambda notice: (notice.urgency, notice.agent_id))


def find_address(heard: Heard, ear: Ear, words: Sequence[str]) -> str | None:
    """How a message addresses an agent: ``mention``, ``direct``, ``reply``, ``name``, or None."""
    if ear.user_id in heard.mentions:
        return "mention"
    if heard.parties == {ear.user_id}:
        return "direct"
    if heard.reply_author == ear.user_id:
        return "reply"
    return "name" if is_named(ear.name, words) else None


def likelihood(heard: Heard, ear: Ear, words: Sequence[str], policy: Policy) -> float:
    """How likely an agent that nobody asked joins in, from 0 to 1."""
    if ear.energy < cost(heard.depth):
        return 0.0
    touched = 1 - 0.5 ** count_hits(ear.interests, words)
    interest = 0.25 + touched * (0.3 + 0.4 * ear.traits.openness) + (0.12 if "?" in heard.text else 0.0)
    interest += 0.45 if heard.answers == ear.user_id else 0.0
    chance = interest * (0.4 + 0.8 * ear.traits.extraversion) * ear.energy * _FALL**heard.depth
    if ear.rested_ms is not None and ear.rested_ms < policy.cooldown_ms:
        chance *= 0.35
    return min(1.0, chance)


def roll(seed: int, *parts: int) -> float:
    """A number from 0 to 1 that depends on nothing but its arguments: chance that can be repeated."""
    text = ",".join(map(str, (seed, *parts)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) / 2**64


def _called(heard: Heard, ear: Ear, how: str, policy: Policy) -> Notice | None:
    if not heard.by_agent:
        return Notice(ear.agent_id, TurnClass.WAITING_PERSON, how)
    if not ear.awake or ear.energy < cost(heard.depth):
        return None
    # The first answer to another agent is certain; after that even a question may be left hanging.
    willing = 1.0 if heard.depth <= 1 else (0.55 + 0.4 * ear.traits.agreeableness) ** (heard.depth - 1)
    if roll(policy.seed, heard.event_id, ear.agent_id) >= willing:
        return None
    return Notice(ear.agent_id, _URGENCY[how], how)


def _joining(heard: Heard, ears: Sequence[Ear], words: Sequence[str], policy: Policy, found: Sequence[Notice]) -> list[Notice]:
    chances = {ear.agent_id: likelihood(heard, ear, words, policy) for ear in ears}
    margin = {a: chance - roll(policy.seed, heard.event_id, a) for a, chance in chances.items()}
    ranked = sorted(margin, key=lambda agent_id: (-margin[agent_id], agent_id))
    room = (policy.crowd if not heard.by_agent else 1) - len(found)
    joined = [Notice(a, TurnClass.AMBIENT, "interest") for a in ranked if margin[a] > 0][: max(0, room)]
    if joined or found or not ears or (heard.by_agent and not heard.opens) or _is_for_a_person(heard):
        return joined
    best = max(chances, key=lambda agent_id: (chances[agent_id], margin[agent_id], -agent_id))
    if heard.by_agent:
        return [Notice(best, TurnClass.AMBIENT, "interest")] if chances[best] > 0 else []
    return [Notice(best, TurnClass.WAITING_PERSON, "nobody else")]


def _is_for_a_person(heard: Heard) -> bool:
    """Somebody else was addressed: people may talk to each other without an agent between them."""
    return bool(heard.mentions) or heard.reply_author not in (None, heard.author_id)
