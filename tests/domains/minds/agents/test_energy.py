"""Energy, pace and the circuit breaker."""

from hypothesis import given
from hypothesis import strategies as st

from agora.domains.minds.agents.breaker import Breaker
from agora.domains.minds.agents.energy import cost, recover, spend
from agora.domains.minds.agents.pace import PACES, reading_ms, typing_ms


@given(st.floats(0, 1), st.integers(-10, 10**12), st.integers(1, 10**9))
def test_energy_stays_between_none_and_all(energy: float, since: int, full: int) -> None:
    assert 0 <= energy <= recover(energy, since, full) <= 1
    assert 0 <= spend(energy, 0.3) <= energy


@given(st.integers(0, 50))
def test_answers_cost_more_the_further_they_lie_from_a_person(depth: int) -> None:
    assert cost(depth) < cost(depth + 1)


def test_agents_without_rest_come_to_an_end() -> None:
    energy, said = 1.0, 0
    while energy >= cost(said + 1):
        energy = spend(energy, cost(said + 1))
        said += 1
    assert said < 8


def test_a_full_rest_gives_all_energy_back() -> None:
    for pace in PACES.values():
        assert recover(0.0, pace.recovery_ms, pace.recovery_ms) == 1.0


@given(st.sampled_from(sorted(PACES)), st.integers(0, 100_000), st.floats(0, 1))
def test_a_person_is_served_promptly_at_every_pace(word: str, length: int, dice: float) -> None:
    pace = PACES[word]
    assert reading_ms(pace, length, person=True, dice=dice) <= 600
    assert typing_ms(pace, 200, person=True) <= 2_500
    assert typing_ms(pace, length, person=True) <= typing_ms(pace, length, person=False)


def test_paces_differ_in_the_order_of_their_names() -> None:
    slow, calm, lively = (PACES[word] for word in ("slow", "calm", "lively"))
    assert slow.opening_ms > calm.opening_ms > lively.opening_ms
    assert typing_ms(slow, 100, person=False) > typing_ms(calm, 100, person=False) > typing_ms(lively, 100, person=False)


def test_the_breaker_opens_probes_and_closes() -> None:
    breaker = Breaker(threshold=3, pause_ms=1_000)
    for _ in range(2):
        breaker.fail(0)
    assert breaker.room(0) is None
    breaker.fail(0)
    assert breaker.room(999) == 0
    assert breaker.room(1_000) == 1
    breaker.begin()
    assert breaker.room(1_000) == 0  # one probe at a time
    breaker.fail(1_000)
    assert breaker.room(2_999) == 0  # the second pause is twice as long
    assert breaker.room(3_000) == 1
    breaker.begin()
    breaker.succeed()
    assert breaker.room(3_000) is None
    assert not breaker.is_open


def test_a_cancelled_probe_lets_another_through() -> None:
    breaker = Breaker(threshold=1, pause_ms=1_000)
    breaker.fail(0)
    breaker.begin()
    breaker.leave()
    assert breaker.room(1_000) == 1
