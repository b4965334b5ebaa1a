"""Pace: how long agents take to read, to type and to begin a conversation by themselves."""

from __future__ import annotations

from typing import Literal

import msgspec

PaceWord = Literal["slow", "calm", "lively", "instant"]


class Pace(msgspec.Struct, frozen=True):
    """Milliseconds, and characters a second.

    ``notice_ms``: from a message to the moment an agent begins to type, at least; reading time comes on top.
    ``opening_ms``: silence in a channel after which an agent may open a topic. ``recovery_ms``: from no energy to all of
    it. ``cooldown_ms``: for so long after speaking an agent is less likely to join in by itself.
    """

    notice_ms: int
    reading_cps: float
    typing_cps: float
    opening_ms: int
    recovery_ms: int
    cooldown_ms: int


PACES: dict[str, Pace] = {
    "slow": Pace(10_000, 25.0, 8.0, 20 * 60_000, 45 * 60_000, 90_000),
    "calm": Pace(3_000, 45.0, 16.0, 150_000, 12 * 60_000, 30_000),
    "lively": Pace(1_000, 90.0, 32.0, 45_000, 4 * 60_000, 8_000),
    "instant": Pace(0, 0.0, 0.0, 90_000, 60_000, 0),
}
"""``instant`` waits for nothing: for measurements and tests."""

_PERSON_NOTICE_MS = 400
_PERSON_TYPING_CPS = 80.0
_LONGEST_READING_MS = 8_000
_LONGEST_TYPING_MS = 20_000


def reading_ms(pace: Pace, length: int, *, person: bool, dice: float) -> int:
    """From hearing a message of ``length`` characters to beginning an answer; ``dice`` (0 to 1) spreads agents out.

    A person who waits is served promptly at any pace.
    """
    if pace.reading_cps <= 0:
        return 0
    if person:
        return int(_PERSON_NOTICE_MS * (0.5 + dice))
    reading = min(_LONGEST_READING_MS, 1000 * length / pace.reading_cps)
    return int(pace.notice_ms * (0.6 + 1.4 * dice) + reading)


def typing_ms(pace: Pace, length: int, *, person: bool) -> int:
    """How long writing ``length`` characters takes in all; making the text counts towards it."""
    if pace.typing_cps <= 0:
        return 0
    cps = max(pace.typing_cps, _PERSON_TYPING_CPS) if person else pace.typing_cps
    return int(min(_LONGEST_TYPING_MS, 1000 * length / cps))
