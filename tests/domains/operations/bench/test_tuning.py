"""`agora bench inference`: every size is measured, and what is proposed follows from the figures. No figure is judged."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from agora.cli import build_cli
from agora.domains.operations.bench.drafts import measure_drafts
from agora.domains.operations.bench.tuning import ENOUGH, GOOD, QUICK, Rate, ThreadRates, propose
from agora.inference.draft_length import LENGTHS
from agora.inference.tiny import write_tiny_model

RATES = st.lists(st.tuples(st.integers(1, 512), st.floats(0.1, 1e5)), min_size=1, max_size=8, unique_by=lambda row: row[0])


def test_a_model_is_measured_and_settings_are_proposed(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny.gguf")
    words = ["bench", "inference", "--quick", "--json", "--model", str(model), "--data", str(tmp_path / "data")]
    result = CliRunner().invoke(build_cli(), words)
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    assert shown["model"] == "tiny"
    assert [one["size"] for one in shown["batches"]] == list(QUICK.batches)
    assert [one["size"] for one in shown["slots"]] == list(QUICK.slots)
    assert [one["threads"] for one in shown["threads"]] == list(range(1, len(shown["threads"]) + 1))
    assert all(one["tokens_per_s"] > 0 for one in (*shown["batches"], *shown["slots"]))
    assert all(one["alone"] > 0 and one["beside"] > 0 for one in shown["threads"])
    proposal = shown["proposal"]
    assert proposal["threads"] in [one["threads"] for one in shown["threads"]]
    assert proposal["batch"] in QUICK.batches
    assert proposal["sequences"] in QUICK.slots
    assert proposal["context"] >= 512 * proposal["sequences"]
    assert shown["drafts"] == []
    plain = CliRunner().invoke(build_cli(), [word for word in words if word != "--json"])
    assert plain.exit_code == 0, plain.output
    assert "[inference]" in plain.stdout
    assert "threads = " in plain.stdout


def test_a_number_of_threads_that_fails_beside_others_is_worth_little() -> None:
    assert ThreadRates(1, 100.0, 90.0).worth > ThreadRates(2, 180.0, 20.0).worth
    assert ThreadRates(1, 0.0, 1.0).worth == 0.0


@given(RATES, RATES, st.integers(64, 100_000))
def test_the_smallest_that_is_nearly_the_best_is_proposed(
    batches: list[tuple[int, float]], slots: list[tuple[int, float]], longest: int
) -> None:
    found = propose(2, [Rate(*row) for row in batches], [Rate(*row) for row in slots], longest)
    for rows, size, part in ((batches, found.batch, GOOD), (slots, found.sequences, ENOUGH)):
        best = max(rate for _, rate in rows)
        assert dict(rows)[size] >= part * best
        assert all(rate < part * best for other, rate in rows if other < size)
    assert found.context >= found.sequences * 512


def test_a_draft_is_measured_at_every_length(tmp_path: Path) -> None:
    model, twin = (write_tiny_model(tmp_path / f"{name}.gguf") for name in ("tiny", "twin"))
    rates = measure_drafts(model, twin, 1, tokens=24, rounds=1)
    assert [(one.temperature, one.length) for one in rates] == [(heat, length) for heat in (0.0, 0.7) for length in sorted(LENGTHS)]
    assert all(one.tokens_per_s > 0 for one in rates)
    assert [one.right for one in rates if one.length == 0] == [0.0, 0.0]
    greedy = [one.right for one in rates if one.length and one.temperature == 0.0]
    assert min(greedy) > 0.5, "its own guesses of its likeliest token"
