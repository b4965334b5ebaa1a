"""Who is evaluated next. Pure decisions over plain values: no model, no clock, no thread.

There is no "prompt phase" and no "writing phase" (as in vLLM): each sequence has tokens that wait to be evaluated,
and every step spends one budget on them, sequences that write first, then prompts by class.
"""

from collections import Counter
from collections.abc import Collection, Sequence

import msgspec

from agora.inference.ports import Priority

KEPT_FOR_PEOPLE = Priority.MENTION
"""The last seat is only given to requests of this class or better, so that chatter never makes a person wait."""

SMALLEST_CHUNK = 16
"""Prompt tokens that a step takes at least, however slow the model: below, the fixed cost of a step dominates."""

GOOD_CHUNK = 64
"""From so many tokens on llama.cpp's attention works in tiles: 64 cost less than 32 (350 M parameters, 3,650 cells, one thread:
16 tokens 0.72 s, 32 1.45, 63 2.76, 64 1.14, 96 1.96, 128 2.29; 12 M: 1,015 tokens a second in steps of 64, 548 in steps of 32)."""

MOST_OVERRUN = 24.0
"""How many times its time a step may take so that it holds GOOD_CHUNK tokens."""

TRIED_AGAIN = 200
"""After so many smaller steps one of GOOD_CHUNK is tried again: the machine may have been busy when it took too long."""

LONGEST_WRITING = 12.0
"""How many times its time a step may take that only writes; with more, fewer texts are written at a time."""

MOST_REMEMBERED = 4096
"""Groups or owners whose share is remembered; with more, those who are not present are forgotten."""


class Waiting(msgspec.Struct, frozen=True):
    """A request that has no seat yet. `arrived` is a counter: smaller came earlier. `served` from `FairShare`: less goes first."""

    key: str
    priority: int
    arrived: int
    served: tuple[int, int] = (0, 0)


class Seated(msgspec.Struct, frozen=True):
    """A sequence with a seat. `pending` tokens wait to be evaluated; `writing` once its prompt is done."""

    key: str
    priority: int
    arrived: int
    pending: int
    writing: bool
    group: str = ""
    owner: str = ""


class Share(msgspec.Struct, frozen=True):
    """How many of a sequence's pending tokens go into this step."""

    key: str
    tokens: int


def choose_next(waiting: Sequence[Waiting], seats_free: int, seats: int) -> Waiting | None:
    """The request that gets the next seat: best class, then the least served, then the earliest; None when nobody may have one."""
    if seats_free <= 0 or not waiting:
        return None
    best = min(waiting, key=lambda one: (one.priority, one.served, one.arrived))
    if best.priority > KEPT_FOR_PEOPLE and seats_free == 1 and seats > 1:
        return None
    return best


def plan_step(seated: Sequence[Seated], budget: int, batch: int) -> list[Share]:
    """Shares of one step: every writing sequence, then prompts by class and in fair order while the budget lasts.

    `budget` is what one step should spend, `batch` what it can hold at most. Prompts get at least SMALLEST_CHUNK
    tokens together, so that they move on however many sequences write. The rest of a prompt comes along when it is too
    short for a good step of its own. While a person's prompt is read, chatter rests: each sequence that writes along
    would make the person wait longer for the first word.
    """
    person_waits = any(one.priority == Priority.PERSON and not one.writing and one.pending for one in seated)
    present = [one for one in seated if not (person_waits and one.priority > KEPT_FOR_PEOPLE)]
    order = sorted(present, key=lambda one: (one.priority, one.arrived))
    shares: list[Share] = []
    room = batch
    for one in order:
        if one.writing and room > 0:
            shares.append(Share(one.key, min(one.pending, room)))
            room -= min(one.pending, room)
    left = min(room, max(budget - (batch - room), SMALLEST_CHUNK))
    tail = min(budget, GOOD_CHUNK) - 1
    for one in _order_fairly([one for one in order if not one.writing]):
        if one.pending == 0 or left <= 0:
            continue
        take = min(one.pending, left)
        if one.pending - take <= tail:
            take = min(one.pending, room)
        shares.append(Share(one.key, take))
        left -= take
        room -= take
    return shares


def _order_fairly(order: Sequence[Seated]) -> list[Seated]:
    """Within a class groups alternate, and within a group owners do, each in the order given.

    A prompt that was begun stays in front of those that came after it: taking turns with chunks would only end all of them late.
    """
    by_owner: Counter[tuple[int, str, str]] = Counter()
    ranked: list[tuple[int, Seated]] = []
    for one in order:
        key = (one.priority, one.group, one.owner)
        ranked.append((by_owner[key], one))
        by_owner[key] += 1
    by_group: Counter[tuple[int, str]] = Counter()
    final: list[tuple[int, int, int, Seated]] = []
    for _, one in sorted(ranked, key=lambda pair: (pair[1].priority, pair[0], pair[1].arrived)):
        final.append((one.priority, by_group[one.priority, one.group], one.arrived, one))
        by_group[one.priority, one.group] += 1
    return [one for *_, one in sorted(final, key=lambda row: row[:3])]


class FairShare:
    """Counts the tokens that each group and each owner was served, so that seats within a class are given evenly.

    Who comes (back) after a pause starts level with the least served of those present: time away is no credit.
    """

    def __init__(self) -> None:
        self._groups: dict[str, int] = {}
        self._owners: dict[str, int] = {}

    def arrive(self, group: str, owner: str, present: Collection[tuple[str, str]]) -> None:
        """A request came while those of the `present` (group, owner) pairs wait or have a seat."""
        _level(self._groups, group, {one for one, _ in present})
        _level(self._owners, owner, {one for _, one in present})

    def charge(self, group: str, owner: str, tokens: int) -> None:
        """Tokens were evaluated for a request."""
        self._groups[group] = self._groups.get(group, 0) + tokens
        self._owners[owner] = self._owners.get(owner, 0) + tokens

    def rank(self, group: str, owner: str) -> tuple[int, int]:
        """Smaller goes first."""
        return self._groups.get(group, 0), self._owners.get(owner, 0)


def _level(served: dict[str, int], name: str, present: set[str]) -> None:
    others = [served[one] for one in present if one in served]
    if name not in present:
        served[name] = max(served.get(name, 0), min(others, default=0))
    if len(served) > MOST_REMEMBERED:
        for gone in [one for one in served if one not in present and one != name]:
            del served[gone]


class StepBudget:
    """Learns how many tokens a step may hold to take about `target_s` seconds on this machine with this model.

    Steps below GOOD_CHUNK are counted apart: a token costs twice as much there, and a guess from them would keep steps small
    for ever.
    """

    def __init__(self, batch: int, target_s: float) -> None:
        self._batch, self._good = batch, min(batch, GOOD_CHUNK)
        self._target = target_s
        self._per_token: float | None = None
        self._per_token_small: float | None = None
        self._small_steps = 0

    @property
    def tokens(self) -> int:
        """Tokens for the next step, between SMALLEST_CHUNK and the batch size."""
        if self._per_token is None or self._good * self._per_token <= self._target * MOST_OVERRUN:
            return max(self._good, min(self._batch, int(self._target / (self._per_token or self._target))))
        ideal = int(self._target / (self._per_token_small or self._per_token))
        return max(min(SMALLEST_CHUNK, self._batch), min(self._good, ideal))

    def record(self, tokens: int, seconds: float) -> None:
        """Takes a measured step into account. The smallest steps say nothing about prompts: their fixed cost dominates."""
        if seconds <= 0 or tokens < SMALLEST_CHUNK:
            return
        if tokens >= self._good:
            self._per_token, self._small_steps = _blend(self._per_token, seconds / tokens), 0
            return
        self._per_token_small = _blend(self._per_token_small, seconds / tokens)
        self._small_steps += 1
        if self._small_steps >= TRIED_AGAIN:
            self._per_token, self._small_steps = None, 0


def _blend(before: float | None, now: float) -> float:
    return now if before is None else 0.7 * before + 0.3 * now
