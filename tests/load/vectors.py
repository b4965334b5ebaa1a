"""The nearest of many vectors: ``python -m tests.load.vectors`` prints the table.

The vectors are made, because embedding 100,000 texts takes a quarter of an hour: topics with a spread of 24 directions each, so
that they lie as sentences do (some 15 to 30 directions around each, of 384). ``--random`` takes directions without any order,
which no text has: there the graph finds less. Questions are new points of the same kind.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from agora.inference.vectors import VectorIndex
from tests.load.budgets import BUDGETS
from tests.load.machine import Watch, find_calm, judge_latency
from tests.load.table import percentile, show

TOPICS, DIRECTIONS, SPREAD = 400, 24, 0.9
NEAREST = 10
KEY = bytes(32)
WINDOW_S, STOLEN_MS = 0.02, 10.0


class Figures(msgspec.Struct, frozen=True):
    """Times in milliseconds; ``recall`` is the share of the really nearest that are found."""

    recall: float
    filtered_recall: float
    p95_ms: float
    filtered_p95_ms: float
    undisturbed_p95_ms: float
    undisturbed_filtered_p95_ms: float
    calm: float
    build_s: float


def make_vectors(count: int, dimensions: int, *, random: bool = False, seed: int = 1) -> Any:
    """Unit vectors, one in a row."""
    dice = np.random.default_rng(seed)
    if random:
        made = dice.standard_normal((count, dimensions), dtype="float32")
    else:
        shape = np.random.default_rng(7)  # the same topics whatever the seed
        centres = shape.standard_normal((TOPICS, dimensions), dtype="float32")
        directions = shape.standard_normal((TOPICS, DIRECTIONS, dimensions), dtype="float32") / np.sqrt(DIRECTIONS)
        topics = dice.integers(0, TOPICS, count)
        made = np.empty((count, dimensions), dtype="float32")
        for topic in range(TOPICS):
            of_topic = np.flatnonzero(topics == topic)
            spread = dice.standard_normal((len(of_topic), DIRECTIONS), dtype="float32") @ directions[topic]
            made[of_topic] = centres[topic] + SPREAD * spread
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def run(count: int, *, random: bool = False) -> Figures:
    """Build, ask with and without a filter, compare with the truth."""
    budget = BUDGETS.vectors
    vectors = make_vectors(count, budget.dimensions, random=random)
    questions = make_vectors(budget.questions, budget.dimensions, random=random, seed=2)
    groups = np.random.default_rng(3).integers(1, budget.groups + 1, count)
    index = VectorIndex(budget.dimensions)
    began = time.perf_counter()
    index.add(list(range(count)), vectors, groups.tolist())
    built = time.perf_counter() - began
    all_ms, recall, watch = _ask(index, vectors, questions, None)
    some_ms, filtered_recall, filtered_watch = _ask(index, vectors, questions, groups)
    calm_ms, calm = _calm(all_ms, watch)
    calm_some_ms, calm_some = _calm(some_ms, filtered_watch)
    return Figures(
        recall=recall,
        filtered_recall=filtered_recall,
        p95_ms=percentile(all_ms, 0.95),
        filtered_p95_ms=percentile(some_ms, 0.95),
        undisturbed_p95_ms=calm_ms,
        undisturbed_filtered_p95_ms=calm_some_ms,
        calm=min(calm, calm_some),
        build_s=built,
    )


def _ask(index: VectorIndex, vectors: Any, questions: Any, groups: Any) -> tuple[list[float], float, Watch]:
    watch, latencies, found = Watch(), [], 0
    for number, question in enumerate(questions):
        group = None if groups is None else 1 + number % BUDGETS.vectors.groups
        began = watch.mark()
        answer = index.query(question, NEAREST, groups=None if group is None else {group})
        latencies.append((time.perf_counter() - began) * 1000)
        similarity = vectors @ question
        if group is not None:
            similarity[groups != group] = -2
        truth = np.argpartition(-similarity, NEAREST)[:NEAREST]
        found += len({one.key for one in answer} & set(truth.tolist()))
    watch.mark()
    return latencies, found / (NEAREST * len(questions)), watch


def _calm(latencies: list[float], watch: Watch) -> tuple[float, float]:
    disturbed = watch.disturbed(WINDOW_S, STOLEN_MS)
    undisturbed = sum(number not in disturbed for number in range(len(latencies)))
    return find_calm(enumerate(latencies), disturbed, 0.95), undisturbed / len(latencies)


def measure(count: int, *, random: bool = False) -> Figures:
    """Run and print."""
    figures = run(count, random=random)
    show(
        f"the {NEAREST} nearest of {count:,} vectors of {BUDGETS.vectors.dimensions}",
        [
            ("recall", figures.recall, ""),
            ("95th percentile", figures.p95_ms, "ms"),
            ("recall with a filter of 1 %", figures.filtered_recall, ""),
            ("95th percentile with a filter of 1 %", figures.filtered_p95_ms, "ms"),
            ("the same without stolen CPU time", figures.undisturbed_filtered_p95_ms, "ms"),
            ("building the index", figures.build_s, "s"),
        ],
    )
    return figures


def measure_files(count: int) -> None:
    """Save and load, and print how long it took."""
    index = VectorIndex(BUDGETS.vectors.dimensions)
    index.add(list(range(count)), make_vectors(count, BUDGETS.vectors.dimensions))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        began = time.perf_counter()
        index.save(path, KEY)
        saved = time.perf_counter()
        VectorIndex.load(path, BUDGETS.vectors.dimensions, KEY)
        loaded = time.perf_counter()
        size = path.stat().st_size / 2**20
    show(f"{count:,} vectors on disk", [("saving", saved - began, "s"), ("loading", loaded - saved, "s"), ("size", size, "MiB")])


def holds(figures: Figures) -> bool:
    """Whether the budgets are met."""
    budget = BUDGETS.vectors
    found = min(figures.recall, figures.filtered_recall) >= budget.min_recall
    limit, calm = budget.max_p95_ms, figures.calm
    quick = judge_latency("vectors", figures.p95_ms, figures.undisturbed_p95_ms, calm, limit)
    filtered = judge_latency("vectors with a filter", figures.filtered_p95_ms, figures.undisturbed_filtered_p95_ms, calm, limit)
    return found and quick and filtered


def main() -> None:
    """The long form; exit status 1 when a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", type=int, default=BUDGETS.vectors.vectors)
    parser.add_argument("--random", action="store_true")
    parser.add_argument("--files", action="store_true", help="measure saving and loading too")
    arguments = parser.parse_args()
    figures = measure(arguments.vectors, random=arguments.random)
    if arguments.files:
        measure_files(arguments.vectors)
    sys.exit(not holds(figures))


if __name__ == "__main__":
    main()
