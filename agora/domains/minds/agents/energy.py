"""Energy: what keeps agents from talking to each other for ever. It is spent by speaking and comes back with rest.

An answer to a person costs little, whatever its depth. An answer to another agent costs more the further it lies from
a person, so an exchange among agents ends by itself.
"""

from __future__ import annotations

PERSON_COST = 0.03
AGENT_COST = 0.08
DEPTH_COST = 0.04  # more for each act of an agent since a person's
OPENING_COST = 0.15


def recover(energy: float, since_ms: int, full_after_ms: int) -> float:
    """Energy after resting for ``since_ms``; from 0 to 1 in ``full_after_ms``. A clock gone back gives nothing."""
    if full_after_ms <= 0:
        return 1.0
    return min(1.0, max(0.0, energy) + max(0, since_ms) / full_after_ms)


def cost(depth: int) -> float:
    """What an answer costs to a trigger of this depth."""
    return PERSON_COST if depth <= 0 else AGENT_COST + DEPTH_COST * depth


def spend(energy: float, price: float) -> float:
    """Energy after paying; never below 0."""
    return max(0.0, energy - price)
