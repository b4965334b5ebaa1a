"""The table that the benchmark of the room prints, and how Agora stands to the others."""

from __future__ import annotations

from collections.abc import Sequence

from agora.domains.operations.bench.roomful import Summary

_HEADS = (
    "contender", "turns", "turns/min", "CPU/turn", "prompt", "evaluated", "reused", "first p50", "p95", "person p50",
    "p95", "memory",
)  # fmt: skip


def build_table(summaries: Sequence[Summary]) -> list[str]:
    """Lines of text: heads, one line for each contender, then the ratios."""
    rows = [_HEADS, *(_build_row(one) for one in summaries if not one.missing)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEADS))]
    lines = [
        "  ".join(cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in _zip(row, widths)) for row in rows
    ]
    lines += [f"{one.name}: not measured, {one.missing}" for one in summaries if one.missing]
    return [*lines, *_list_ratios(summaries), *_list_lateness(summaries)]


def _zip(row: Sequence[str], widths: Sequence[int]) -> enumerate[tuple[str, int]]:
    return enumerate(zip(row, widths, strict=True))


def _build_row(one: Summary) -> tuple[str, ...]:
    return (
        one.name,
        str(one.turns),
        f"{one.turns_per_minute:.1f}",
        _seconds(one.cpu_per_turn),
        f"{one.prompt_tokens:.0f}",
        "?" if one.evaluated is None else f"{one.evaluated:.0f}",
        "?" if one.reused is None else f"{one.reused:.1%}",
        _seconds(one.first_p50),
        _seconds(one.first_p95),
        _seconds(one.person_p50),
        _seconds(one.person_p95),
        f"{one.peak_bytes / 1e6:.0f} MB",
    )


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} s"


def _list_ratios(summaries: Sequence[Summary]) -> list[str]:
    """Only where the first one is Agora, which it is unless somebody leaves it out."""
    if not summaries or summaries[0].name != "agora" or not summaries[0].turns:
        return []
    own = summaries[0].turns_per_minute
    others = [one for one in summaries[1:] if one.turns_per_minute]
    return [
        f"agora writes {own / one.turns_per_minute:.1f} times the turns of {one.name}" + _compare_cpu(summaries[0], one)
        for one in others
    ]


def _compare_cpu(own: Summary, other: Summary) -> str:
    if not own.cpu_per_turn or not other.cpu_per_turn:
        return ""
    return f", with {other.cpu_per_turn / own.cpu_per_turn:.1f} times as many for the same processor time"


def _list_lateness(summaries: Sequence[Summary]) -> list[str]:
    return [
        f"{one.name}: the event loop came {one.loop_late_ms:.1f} ms late at the most"
        for one in summaries
        if one.name == "agora" and one.loop_late_ms is not None
    ]
