"""The short forms: ``pytest -m load``. All but search and vectors are held to the budgets of the long forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load import fanout, history, posts, ready, search, storm, vectors
from tests.load.budgets import BUDGETS, Fanout

pytestmark = [pytest.mark.load, pytest.mark.timeout(300)]


def test_durable_posts(tmp_path: Path) -> None:
    figures = posts.measure(tmp_path, BUDGETS.posts.short_seconds)
    assert posts.holds(figures), figures


def test_pages_of_a_large_file(tmp_path: Path) -> None:
    budget = BUDGETS.history
    figures = history.measure(tmp_path, budget.short_messages, budget.short_requests)
    assert history.holds(figures), figures


@pytest.mark.parametrize("name", ["fanout", "crowd"])
def test_fan_out(tmp_path: Path, name: str) -> None:
    budget: Fanout = getattr(BUDGETS, name)
    figures = fanout.measure(tmp_path, budget, budget.short_seconds)
    assert fanout.holds(figures, budget), figures


def test_ready(tmp_path: Path) -> None:
    figures = ready.measure(tmp_path)
    assert ready.holds(figures), figures


def test_everybody_comes_back(tmp_path: Path) -> None:
    figures = storm.measure(tmp_path, BUDGETS.storm.short_clients)
    assert storm.holds(figures), figures


def test_searches_of_a_large_file(tmp_path: Path) -> None:
    """What each kind of search must find is asserted by the bench; how fast is judged by its long form alone."""
    budget = BUDGETS.search
    figures = search.measure(tmp_path, budget.short_messages, budget.short_requests)
    assert all(each.requests == budget.short_requests for each in figures)


def test_the_nearest_of_many_vectors() -> None:
    """That the nearest are found; how fast is judged by the long form alone."""
    figures = vectors.measure(BUDGETS.vectors.short_vectors)
    assert min(figures.recall, figures.filtered_recall) >= BUDGETS.vectors.min_recall, figures
