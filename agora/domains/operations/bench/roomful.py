"""`agora bench roomful`: the same room for every contender, one after another, and what came of it."""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from agora.domains.operations.bench.contenders import find_missing
from agora.domains.operations.bench.drive import Outcome, Turn
from agora.domains.operations.bench.room import Plan
from agora.inference.random_model import write_random_model

EXTRA_SECONDS = 600
"""Beyond its limit a contender has so long to load, to read the history first and to end."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table. Times in seconds, memory in bytes; None where nothing was measured."""

    name: str
    turns: int
    turns_per_minute: float
    cpu_per_turn: float | None
    """Processor time of the engine's process, for each turn."""
    prompt_tokens: float
    """A turn, on average."""
    evaluated: float | None
    """Prompt tokens evaluated a turn, on average."""
    reused: float | None
    """The part of all prompt tokens that was not evaluated."""
    first_p50: float | None
    first_p95: float | None
    person_p50: float | None
    person_p95: float | None
    peak_bytes: int
    loop_late_ms: float | None
    """The longest that the event loop came too late."""
    missing: str = ""


def run_roomful(plan: Plan, names: Sequence[str], tell: Callable[[str], None]) -> list[Summary]:
    """Makes the model, then measures the contenders one after another."""
    with tempfile.TemporaryDirectory(prefix="agora-bench-") as folder:
        model = write_random_model(Path(folder) / "random.gguf", plan.shape)
        tell(f"model: {model.stat().st_size / 1e6:.0f} MB in Q4_K_M, random weights")
        return [summarise(run_contender(name, model, plan, tell)) for name in names]


def run_contender(name: str, model: Path, plan: Plan, tell: Callable[[str], None]) -> Outcome:
    """One contender in its child process; what it cannot do is told in `missing`."""
    if missing := find_missing(name):
        return Outcome(name=name, missing=missing)
    tell(f"{name} …")
    command = [sys.executable, "-m", "agora.domains.operations.bench.child", name, str(model)]
    try:
        child = subprocess.run(
            command, input=msgspec.json.encode(plan), capture_output=True, timeout=plan.limit_s + EXTRA_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(name=name, missing="it did not come to an end")
    if child.returncode:
        words = child.stderr.decode("utf-8", "replace").strip().splitlines()
        return Outcome(name=name, missing=words[-1] if words else f"it ended with status {child.returncode}")
    return msgspec.json.decode(child.stdout, type=Outcome)


def summarise(outcome: Outcome) -> Summary:
    """The line for one contender."""
    turns = outcome.turns
    agents = [turn.first_s for turn in turns if not turn.person]
    persons = [turn.first_s for turn in turns if turn.person]
    evaluated = _sum_evaluated(turns)
    prompts = sum(turn.prompt_tokens for turn in turns)
    return Summary(
        name=outcome.name,
        turns=len(turns),
        turns_per_minute=len(turns) / outcome.wall_s * 60 if outcome.wall_s else 0.0,
        cpu_per_turn=outcome.cpu_s / len(turns) if turns else None,
        prompt_tokens=prompts / len(turns) if turns else 0.0,
        evaluated=evaluated / len(turns) if evaluated is not None and turns else None,
        reused=1 - evaluated / prompts if evaluated is not None and prompts else None,
        first_p50=find_percentile(agents, 50),
        first_p95=find_percentile(agents, 95),
        person_p50=find_percentile(persons, 50),
        person_p95=find_percentile(persons, 95),
        peak_bytes=outcome.peak_bytes,
        loop_late_ms=max(outcome.late_ms, default=None),
        missing=outcome.missing,
    )


def find_percentile(values: Sequence[float], percent: float) -> float | None:
    """The smallest value that at least so many percent do not exceed; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def _sum_evaluated(turns: Sequence[Turn]) -> int | None:
    counts = [turn.evaluated for turn in turns]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
