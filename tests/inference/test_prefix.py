"""The books of the model's memory agree with a plain model of it, whatever happens."""

from __future__ import annotations

from array import array

from hypothesis import given, settings
from hypothesis import strategies as st

from agora.inference.prefix import SlotTable, count_common

TOKENS = st.lists(st.integers(0, 2), min_size=1, max_size=14)


class Memory:
    """llama.cpp's memory as a dictionary: sequence -> list of (cell, token)."""

    def __init__(self) -> None:
        self.held: dict[int, list[tuple[int, int]]] = {}
        self.next_cell = 0

    def share(self, source: int, target: int, length: int) -> None:
        self.held[target] = self.held.get(source, [])[:length]

    def add(self, slot: int, token: int) -> None:
        self.next_cell += 1
        self.held.setdefault(slot, []).append((self.next_cell, token))

    @property
    def used(self) -> int:
        return len({cell for cells in self.held.values() for cell, _ in cells})


@settings(max_examples=120, deadline=None)
@given(st.data(), st.integers(1, 5), st.integers(20, 60))
def test_books_and_memory_agree(data: st.DataObject, slots: int, cells: int) -> None:
    table, memory = SlotTable(slots, cells), Memory()
    busy: dict[int, tuple[list[int], int]] = {}
    for _ in range(data.draw(st.integers(1, 25))):
        action = data.draw(st.sampled_from(["place", "place", "step", "step", "release", "fail"]))
        if action == "place":
            prompt = data.draw(TOKENS)
            length = len(prompt) + data.draw(st.integers(1, 10))
            scope = data.draw(st.sampled_from(["a", "a", "b"]))
            if length > cells:
                continue
            place = table.place(prompt, length, scope)
            if place is None:
                assert busy, "a request that fits an empty memory is never kept waiting by nobody"
                continue
            assert place.slot not in busy
            assert place.reused < len(prompt)
            memory.share(place.source, place.slot, place.reused)
            for slot in place.evict:
                assert slot not in busy
                memory.held[slot] = []
            assert [token for _, token in memory.held.get(place.slot, [])] == prompt[: place.reused]
            busy[place.slot] = (prompt, length)
        elif busy:
            slot = data.draw(st.sampled_from(sorted(busy)))
            prompt, length = busy[slot]
            done = len(table.tokens_of(slot))
            if action == "step" and done < length:
                token = prompt[done] if done < len(prompt) else data.draw(st.integers(0, 2))
                memory.add(slot, token)
                table.extend(slot, [token])
            elif action == "release":
                table.release(slot)
                del busy[slot]
            elif action == "fail":
                table.clear(slot)
                memory.held[slot] = []
                del busy[slot]
        assert memory.used == table.cells_used <= cells
        for slot in range(slots):
            assert [token for _, token in memory.held.get(slot, [])] == table.tokens_of(slot)
    for slot, (prompt, length) in busy.items():
        for token in (prompt + [0] * length)[len(table.tokens_of(slot)) : length]:
            memory.add(slot, token)
            table.extend(slot, [token])
    assert memory.used == table.cells_used <= cells, "whoever has a seat can write to the end"


@given(TOKENS, TOKENS)
def test_common_beginnings(left: list[int], right: list[int]) -> None:
    expected = next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    assert count_common(array("i", left), array("i", right)) == expected


def test_the_longest_beginning_of_the_scope_is_taken() -> None:
    table = SlotTable(4, 1000)
    for tokens, scope in (([1, 2, 3], "a"), ([1, 2, 3, 4, 5], "a"), ([1, 2, 3, 4, 5, 6], "b")):
        place = table.place(tokens, 10, scope)
        assert place is not None
        table.extend(place.slot, tokens[place.reused :])
        table.release(place.slot)
    place = table.place([1, 2, 3, 4, 5, 6, 7], 10, "a")
    assert place is not None
    assert place.reused == 5
    assert table.tokens_of(place.slot) == [1, 2, 3, 4, 5]


def test_what_was_used_longest_ago_goes_first() -> None:
    table = SlotTable(3, 30)
    for first in (1, 2, 3):
        place = table.place([first] * 8, 10)
        assert place is not None
        table.extend(place.slot, [first] * 8)
        table.release(place.slot)
    again = table.place([1] * 8, 10)  # the first one is used again, and cut back by the one token to evaluate
    assert again is not None
    assert (again.slot, again.reused) == (0, 7)
    table.extend(again.slot, [1])
    table.release(again.slot)
    place = table.place([9] * 5, 10)
    assert place is not None
    assert place.slot == 1
    assert [table.tokens_of(slot)[:1] for slot in range(3)] == [[1], [], [3]]


def test_without_sharing_nothing_is_reused() -> None:
    table = SlotTable(2, 100, share=False)
    place = table.place([1, 2, 3], 10)
    assert place is not None
    table.extend(place.slot, [1, 2, 3])
    table.release(place.slot)
    again = table.place([1, 2, 3], 10)
    assert again is not None
    assert again.reused == 0
