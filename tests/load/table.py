"""Figures as a table, and percentiles."""

from __future__ import annotations

from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def show(title: str, rows: Sequence[tuple[str, float, str]]) -> None:
    """Print name, value, unit."""
    print(f"\n{title}")
    for name, value, unit in rows:
        print(f"  {name:<34}{value:>12,.2f} {unit}")
