"""Snowflakes are unique, grow, and carry their time."""

from hypothesis import given
from hypothesis import strategies as st

from agora.kernel.clock import FrozenClock
from agora.kernel.ids import EPOCH_MS, Snowflakes, created_ms, first_at, parse


@given(st.lists(st.integers(-50, 50), max_size=300), st.integers(0, 1023))
def test_ids_grow_even_when_the_clock_goes_back_or_stands_still(steps: list[int], instance: int) -> None:
    clock = FrozenClock(EPOCH_MS + 1_000_000)
    ids = Snowflakes(clock, instance)
    made = []
    for step in steps:
        clock.advance(step)
        made.append(ids.next())
    assert made == sorted(set(made))
    assert all((i >> 12) & 1023 == instance for i in made)


def test_more_than_4096_in_one_millisecond() -> None:
    ids = Snowflakes(FrozenClock(EPOCH_MS + 5))
    made = [ids.next() for _ in range(10_000)]
    assert len(set(made)) == 10_000
    assert made == sorted(made)


@given(st.integers(EPOCH_MS, EPOCH_MS + (1 << 41)))
def test_time_goes_in_and_out(ms: int) -> None:
    made = Snowflakes(FrozenClock(ms), 3).next()
    assert created_ms(made) == ms
    assert first_at(ms) <= made < first_at(ms + 1)


@given(st.text())
def test_parse_takes_digits_only(text: str) -> None:
    value = parse(text)
    if value is not None:
        assert text.isascii()
        assert text.isdigit()
        assert 0 <= value < 1 << 63


def test_parse_refuses_what_does_not_fit() -> None:
    assert parse(str(1 << 63)) is None
    assert parse("٣") is None
    assert parse("") is None
    assert parse("-1") is None
    assert parse("12") == 12
