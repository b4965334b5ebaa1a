"""The short forms, held to the same budgets: ``pytest -m load``.

Machines are shared, and another tenant's burst of work in a run of a few seconds says nothing about Agora: a missed budget is
measured again, at most twice, and every table is printed. A server that is really slower misses all three.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.load import fanout, history, posts
from tests.load.budgets import BUDGETS

pytestmark = [pytest.mark.load, pytest.mark.timeout(600)]
RUNS = 3


def best(measure: Callable[[Path], float], is_met: Callable[[float], bool], folder: Path) -> list[float]:
    """The figures of up to three runs; it stops at the first that meets its budget."""
    figures: list[float] = []
    for run in range(RUNS):
        figures.append(measure(folder / str(run)))
        if is_met(figures[-1]):
            break
    return figures


def test_durable_posts(tmp_path: Path) -> None:
    budget = BUDGETS.posts
    rates = best(
        lambda folder: posts.measure(folder, budget.short_seconds).per_second,
        lambda rate: rate >= budget.min_per_second,
        tmp_path,
    )
    assert rates[-1] >= budget.min_per_second, rates


def test_pages_of_a_large_file(tmp_path: Path) -> None:
    budget = BUDGETS.history
    times = best(
        lambda folder: history.measure(folder, budget.short_messages, budget.short_requests).p99_ms,
        lambda ms: ms <= budget.max_p99_ms,
        tmp_path,
    )
    assert times[-1] <= budget.max_p99_ms, times


def test_fan_out(tmp_path: Path) -> None:
    budget = BUDGETS.fanout
    times = best(
        lambda folder: fanout.measure(folder, budget.short_seconds).p99_ms,
        lambda ms: ms <= budget.max_p99_ms,
        tmp_path,
    )
    assert times[-1] <= budget.max_p99_ms, times
