"""The short forms, held to the same budgets: ``pytest -m load``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load import fanout, history, posts
from tests.load.budgets import BUDGETS

pytestmark = [pytest.mark.load, pytest.mark.timeout(300)]


def test_durable_posts(tmp_path: Path) -> None:
    figures = posts.measure(tmp_path, BUDGETS.posts.short_seconds)
    assert figures.per_second >= BUDGETS.posts.min_per_second


def test_pages_of_a_large_file(tmp_path: Path) -> None:
    budget = BUDGETS.history
    figures = history.measure(tmp_path, budget.short_messages, budget.short_requests)
    assert figures.p99_ms <= budget.max_p99_ms


def test_fan_out(tmp_path: Path) -> None:
    figures = fanout.measure(tmp_path, BUDGETS.fanout.short_seconds)
    assert fanout.holds(figures), figures
