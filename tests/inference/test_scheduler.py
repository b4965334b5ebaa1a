"""Who is evaluated next: budgets are kept, writing goes on, people come first, nobody starves."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agora.inference.ports import Priority
from agora.inference.scheduler import GOOD_CHUNK, SMALLEST_CHUNK, TRIED_AGAIN, Seated, StepBudget, Waiting, choose_next, plan_step

SEATED = st.builds(
    lambda priority, pending, writing: (priority, 1 if writing else pending, writing),
    st.sampled_from(list(Priority)),
    st.integers(1, 300),
    st.booleans(),
)


def seat(rows: list[tuple[int, int, bool]]) -> list[Seated]:
    return [Seated(str(at), int(row[0]), at, row[1], row[2]) for at, row in enumerate(rows)]


@given(st.lists(SEATED, min_size=1, max_size=24), st.integers(1, 600), st.integers(32, 600))
def test_a_step_holds_what_it_may_and_always_moves(rows: list[tuple[int, int, bool]], budget: int, batch: int) -> None:
    seated = seat(rows)
    shares = plan_step(seated, budget, batch)
    taken = {share.key: share.tokens for share in shares}
    assert len(taken) == len(shares) > 0
    assert sum(taken.values()) <= batch
    assert all(0 < taken[one.key] <= one.pending for one in seated if one.key in taken)
    person_waits = any(one.priority == Priority.PERSON and not one.writing for one in seated)
    resting = {one.key for one in seated if person_waits and one.priority > Priority.MENTION}
    assert all((one.key in taken) != (one.key in resting) for one in seated if one.writing)
    assert not resting & set(taken), "chatter rests while a person's prompt is read"
    prompts = [one for one in seated if not one.writing]
    if prompts:
        assert sum(taken.get(one.key, 0) for one in prompts) < max(budget, SMALLEST_CHUNK) + min(budget, GOOD_CHUNK)
        least, full = min(budget, GOOD_CHUNK), sum(taken.values()) == batch
        rests = [one.pending - taken[one.key] for one in prompts if one.key in taken]
        assert full or all(rest == 0 or rest >= least for rest in rests), "no short rest stays for a step of its own"
        assert any(one.key in taken for one in prompts), "prompts move however many sequences write"


def test_the_short_rest_of_a_prompt_comes_along() -> None:
    steps, pending = [], 163
    while pending:
        seated = seat([(Priority.AMBIENT, pending, False), *[(Priority.AMBIENT, 1, True)] * 12])
        steps.append(next(share.tokens for share in plan_step(seated, 64, 512) if share.key == "0"))
        pending -= steps[-1]
    assert steps == [52, 111]


@given(st.lists(SEATED, min_size=2, max_size=24), st.integers(1, 200))
def test_prompts_go_by_class_and_arrival(rows: list[tuple[int, int, bool]], budget: int) -> None:
    seated = seat([(row[0], row[1], False) for row in rows])
    taken = {share.key: share.tokens for share in plan_step(seated, budget, 512)}
    if any(one.priority == Priority.PERSON for one in seated):
        seated = [one for one in seated if one.priority <= Priority.MENTION]
    order = sorted(seated, key=lambda one: (one.priority, one.arrived))
    for better, worse in pairwise(order):
        if worse.key in taken:
            assert taken[better.key] == better.pending


@given(st.lists(st.sampled_from(list(Priority)), min_size=1, max_size=20), st.integers(0, 8), st.integers(1, 8))
def test_seats_go_to_the_best_and_one_is_kept_for_people(classes: list[Priority], free: int, seats: int) -> None:
    waiting = [Waiting(str(at), int(priority), at) for at, priority in enumerate(classes)]
    chosen = choose_next(waiting, min(free, seats), seats)
    best = min(waiting, key=lambda one: (one.priority, one.arrived))
    if min(free, seats) == 0:
        assert chosen is None
    elif chosen is None:
        assert best.priority > Priority.MENTION
        assert min(free, seats) == 1 < seats
    else:
        assert chosen == best


@given(st.lists(st.tuples(st.integers(1, 512), st.floats(1e-5, 5.0)), max_size=50))
def test_the_budget_stays_within_its_bounds(steps: list[tuple[int, float]]) -> None:
    budget = StepBudget(512, 0.08)
    for tokens, seconds in steps:
        budget.record(tokens, seconds)
        assert SMALLEST_CHUNK <= budget.tokens <= 512


def test_steps_do_not_stay_small_after_a_busy_moment() -> None:
    budget = StepBudget(512, 0.08)
    budget.record(GOOD_CHUNK, 5.0)
    assert budget.tokens == SMALLEST_CHUNK
    for _ in range(TRIED_AGAIN):
        budget.record(SMALLEST_CHUNK, 0.4)  # a small step costs nearly what a good one does
    assert budget.tokens == GOOD_CHUNK
    budget.record(GOOD_CHUNK, 0.5)
    assert budget.tokens == GOOD_CHUNK


def test_a_small_batch_bounds_the_budget() -> None:
    assert StepBudget(8, 0.08).tokens == 8


def test_the_budget_learns_the_machine() -> None:
    speeds = {20: 16, 40: 64, 100: 64, 500: 64, 1000: 100, 20_000: 512}
    for tokens_per_s, expected in speeds.items():
        budget = StepBudget(512, 0.1)
        for _ in range(30):
            budget.record(64, 64 / tokens_per_s)
        assert budget.tokens in (expected, expected - 1)
