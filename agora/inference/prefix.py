"""Which evaluated tokens lie where in the model's memory, and which of them a new prompt can use again.

The model's memory is one pool of cells, each holding one evaluated token for one or more sequences. This table keeps
the same books as llama.cpp does (`llama_memory_seq_cp` shares cells, `llama_memory_seq_rm` gives them back), so that
what fits is known beforehand. It is pure: the worker carries the decisions out.
"""

from array import array
from collections import Counter
from collections.abc import Sequence

import msgspec


class Placement(msgspec.Struct, frozen=True):
    """Where a prompt goes: let `slot` hold the first `reused` tokens of `source`, then clear `evict`."""

    slot: int
    source: int
    """The slot itself when it is cut back to what it shares with the prompt."""
    reused: int
    evict: tuple[int, ...] = ()


class _Slot:
    def __init__(self, number: int) -> None:
        self.number = number
        self.tokens = array("i")
        self.cells: list[int] = []
        self.scope = ""
        self.busy = False
        self.length_wanted = 0
        self.last_used = 0


def count_common(left: "array[int]", right: "array[int]") -> int:
    """Length of the common beginning of two token lists."""
    size = min(len(left), len(right))
    if left[:size] == right[:size]:
        return size
    low, high = 0, size  # the beginnings of length low are equal, those of length high are not
    while high - low > 1:
        middle = (low + high) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle
    return low


class SlotTable:
    """Books of the model's memory: `slots` sequences over one pool of `cells`."""

    def __init__(self, slots: int, cells: int, *, share: bool = True) -> None:
        """`share=False` for models whose memory cannot be cut or copied in part (recurrent ones)."""
        self._slots = [_Slot(number) for number in range(slots)]
        self._cells = cells
        self._share = share
        self._holders: Counter[int] = Counter()
        self._next_cell = 0
        self._clock = 0

    @property
    def cells_used(self) -> int:
        """Cells that hold a token for at least one sequence."""
        return len(self._holders)

    def tokens_of(self, slot: int) -> list[int]:
        """Evaluated tokens of a slot."""
        return list(self._slots[slot].tokens)

    def count_known(self, tokens: "array[int]", scope: str = "") -> int:
        """How many tokens at the beginning of a prompt are evaluated already; its last one never counts."""
        return self._find_source(tokens, scope)[1]

    def place(self, tokens: Sequence[int], length: int, scope: str = "") -> Placement | None:
        """Finds room for a prompt that may grow to `length` tokens; None when it has to wait.

        At least one token of the prompt is always left to evaluate: its logits are where the answer begins.
        The slot is busy from now on; `extend` and `release` follow.
        """
        wanted = array("i", tokens)
        source, reused = self._find_source(wanted, scope)
        target = self._find_target(source, reused)
        if target is None:
            return None
        evict = self._find_evictions(target, source, reused, length)
        if evict is None:
            return None
        self._move_in(target, source, reused, scope, length)
        for number in evict:  # after moving in: the source may be among them
            self.clear(number)
        return Placement(target.number, source.number if source else target.number, reused, evict)

    def extend(self, slot: int, tokens: Sequence[int]) -> None:
        """Tokens were evaluated at the end of a slot."""
        one = self._slots[slot]
        one.tokens.extend(tokens)
        fresh = range(self._next_cell, self._next_cell + len(tokens))
        self._next_cell += len(tokens)
        one.cells.extend(fresh)
        self._holders.update(fresh)

    def forget_shared(self, slot: int) -> None:
        """The model could not share the tokens: the busy slot starts empty."""
        one = self._slots[slot]
        self._drop(one.cells)
        one.tokens, one.cells = array("i"), []

    def release(self, slot: int) -> None:
        """The sequence is done; its tokens stay for others until the room is needed."""
        one = self._slots[slot]
        one.busy = False
        one.last_used = self._tick()

    def cut(self, slot: int, length: int) -> int:
        """Only the first `length` tokens of an idle slot stay; how many they are."""
        one = self._slots[slot]
        self._drop(one.cells[length:])
        one.tokens, one.cells = one.tokens[:length], one.cells[:length]
        return len(one.tokens)

    def is_held_elsewhere(self, slot: int) -> bool:
        """Whether another slot of its scope begins with all that this one holds."""
        own = self._slots[slot]
        others = (one for one in self._slots if one is not own and one.scope == own.scope)
        return any(one.tokens[: len(own.tokens)] == own.tokens for one in others)

    def clear(self, slot: int) -> None:
        """The slot holds nothing any more."""
        self.forget_shared(slot)
        one = self._slots[slot]
        one.busy = False
        one.last_used = 0

    def find_oldest_idle(self) -> int | None:
        """The idle slot with tokens that was used longest ago."""
        idle = [one for one in self._slots if not one.busy and one.cells]
        return min(idle, key=lambda one: one.last_used).number if idle else None

    def list_idle(self) -> list[tuple[int, str, "array[int]"]]:
        """Idle slots with tokens: number, scope and tokens, the last used first."""
        idle = [one for one in self._slots if not one.busy and one.cells]
        return [(one.number, one.scope, one.tokens) for one in sorted(idle, key=lambda one: -one.last_used)]

    def adopt(self, tokens: "array[int]", scope: str) -> int | None:
        """An empty slot for tokens that were evaluated elsewhere; None when there is no slot or half of the room is used."""
        empty = next((one for one in self._slots if not one.busy and not one.cells), None)
        if empty is None or self.cells_used + len(tokens) > self._cells // 2:
            return None
        empty.scope = scope
        self.extend(empty.number, tokens)
        self.release(empty.number)
        return empty.number

    def _find_source(self, wanted: "array[int]", scope: str) -> tuple[_Slot | None, int]:
        best, reused = None, 0
        if self._share:
            for one in self._slots:
                if one.scope != scope or len(one.tokens) <= reused:
                    continue
                common = min(count_common(one.tokens, wanted), len(wanted) - 1)
                if common > reused:
                    best, reused = one, common
        return best, reused

    def _find_target(self, source: _Slot | None, reused: int) -> _Slot | None:
        idle = [one for one in self._slots if not one.busy]
        if source is not None and not source.busy and len(source.tokens) == reused:
            return source  # nothing is lost by going on in it
        empty = next((one for one in idle if not one.cells), None)
        if empty is not None:
            return empty
        oldest = min((one for one in idle if one is not source), key=lambda one: one.last_used, default=None)
        if source is None or source.busy:
            return oldest
        if oldest is None or self._count_own(source.cells[reused:]) < self._count_own(oldest.cells):
            return source  # its end is worth less than all that another one remembers
        return oldest

    def _count_own(self, cells: Sequence[int]) -> int:
        """How many of the cells nobody else holds: what would be lost with them."""
        return sum(self._holders[cell] == 1 for cell in cells)

    def _find_evictions(self, target: _Slot, source: _Slot | None, reused: int, length: int) -> tuple[int, ...] | None:
        """Idle slots that must go so that all busy sequences can reach their full length; None when that cannot be."""
        promised = sum(one.length_wanted - len(one.tokens) for one in self._slots if one.busy)
        limit = self._cells - promised - (length - reused)
        if self.cells_used <= limit:
            return ()
        shared = set(source.cells[:reused]) if source else set()
        kept = [one for one in self._slots if one is not target]
        held: set[int] = set().union(shared, *(one.cells for one in kept))
        if len(held) <= limit:
            return ()
        busy: set[int] = set().union(shared, *(one.cells for one in kept if one.busy))
        if len(busy) > limit:
            return None
        evict: list[int] = []
        idle = sorted((one for one in kept if not one.busy and one.cells), key=lambda one: one.last_used)
        for one in sorted(idle, key=lambda one: one is source):  # the source last: it has just proved useful
            evict.append(one.number)
            remaining = (other.cells for other in kept if other.number not in evict)
            if len(set().union(shared, *remaining)) <= limit:
                break
        return tuple(evict)

    def _move_in(self, target: _Slot, source: _Slot | None, reused: int, scope: str, length: int) -> None:
        tokens, cells = (source.tokens[:reused], source.cells[:reused]) if source else (array("i"), [])
        self._holders.update(cells)
        self._drop(target.cells)
        if source is not None:
            source.last_used = self._tick()
        target.tokens, target.cells = tokens, cells
        target.scope, target.length_wanted, target.busy = scope, length, True
        target.last_used = self._tick()

    def _drop(self, cells: Sequence[int]) -> None:
        for cell in cells:
            if self._holders[cell] == 1:
                del self._holders[cell]
            else:
                self._holders[cell] -= 1

    def _tick(self) -> int:
        self._clock += 1
        return self._clock
