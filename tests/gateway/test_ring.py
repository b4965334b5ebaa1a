"""The ring against the plain list it stands for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agora.gateway.outgoing import Introduction, Outgoing, derived, mark
from agora.gateway.ring import Ring


@given(capacity=st.integers(1, 12), start=st.integers(0, 50), count=st.integers(0, 60), limit=st.integers(0, 20))
def test_a_ring_holds_the_newest_and_says_when_something_is_gone(capacity: int, start: int, count: int, limit: int) -> None:
    ring = Ring(capacity, start)
    items = [Outgoing("X", b"%d" % n) for n in range(count)]
    for n, item in enumerate(items, start + 1):
        assert ring.append(item) == n
    assert ring.last == start + count
    assert ring.floor == max(start, ring.last - capacity)
    for number in range(max(0, start - 2), ring.last + 3):
        expected = items[number - start :] if ring.floor <= number <= ring.last else None
        assert ring.since(number) == expected
        assert ring.since(number, limit) == (None if expected is None else expected[:limit])


def test_a_dispatch_is_discords_envelope_with_its_number() -> None:
    assert Outgoing("A_B", b'{"x":1}').text(7) == b'{"t":"A_B","s":7,"op":0,"d":{"x":1}}'


@given(st.integers(0, 1 << 50), st.integers(0, 600))
def test_marks_order_by_place_and_never_mix_with_derived_ones(seq: int, index: int) -> None:
    assert mark(seq, index) >> 8 == seq
    assert mark(seq, index) <= derived(seq) < mark(seq + 1, 0)


def test_an_introduction_is_the_same_packed_and_unpacked() -> None:
    item = Introduction("GUILD_CREATE", b'{"members":[' + b'{"id":"1"},' * 500 + b"{}]}", derived(3))
    before = item.text(9)
    item.pack()
    item.pack()
    assert item.text(9) == before
    assert len(item.tail) < len(before) / 10
