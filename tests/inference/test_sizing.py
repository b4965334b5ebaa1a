"""What a size of 0 stands for: it grows with the machine, stays within its bounds, and leaves given numbers alone."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.inference.model_info import ModelInfo, inspect_model
from agora.inference.model_memory import count_token_bytes, estimate_memory
from agora.inference.ports import GenerationRequest, complete, text_prompt
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings
from agora.inference.sizing import MEMORY_SHARE, Machine, fit_sizes
from agora.inference.start import build_engine

FREE = InferenceSettings(context=0, sequences=0, batch=0)


@pytest.fixture(scope="session")
def info(tiny: Path) -> ModelInfo:
    return inspect_model(tiny)


def test_two_cores_get_what_was_measured_on_two_cores(info: ModelInfo) -> None:
    sizes = fit_sizes(FREE, info, Machine(2, 8 << 30))
    assert (sizes.sequences, sizes.batch) == (16, 512)


def test_given_numbers_stay(info: ModelInfo) -> None:
    given_ = InferenceSettings(context=512, sequences=3, batch=64)
    assert fit_sizes(given_, info, Machine(64, 1 << 40)) == given_
    mixed = fit_sizes(InferenceSettings(context=0, sequences=3, batch=64), info, Machine(64, 1 << 40))
    assert (mixed.sequences, mixed.batch) == (3, 64)


@given(cores=st.integers(1, 256), memory=st.integers(1 << 28, 1 << 42), layers=st.integers(1, 128), width=st.integers(64, 8192))
def test_a_larger_machine_never_gets_less_and_memory_is_kept_to(
    info: ModelInfo, cores: int, memory: int, layers: int, width: int
) -> None:
    model = msgspec.structs.replace(info, layers=layers, width=width, context=8192, metadata={})
    small, large = (fit_sizes(FREE, model, Machine(cores * by, memory * by)) for by in (1, 2))
    for name in ("context", "sequences", "batch"):
        assert 0 < getattr(small, name) <= getattr(large, name)
    kept = small.context * count_token_bytes(model, small)
    assert kept <= memory / MEMORY_SHARE or small.context == 2048


def test_a_size_too_small_is_refused() -> None:
    for wrong in ({"context": 100}, {"batch": 8}):
        with pytest.raises(msgspec.ValidationError, match="at least"):
            msgspec.convert(wrong, InferenceSettings)


async def test_an_engine_runs_with_them_and_says_how_it_stands(tiny: Path, cache: Path, info: ModelInfo) -> None:
    settings = msgspec.structs.replace(FREE, model=str(tiny), threads=1, saved_mib=0, remembered=4)
    assert estimate_memory(info, settings) == estimate_memory(info, fit_sizes(settings, info))
    engine = build_engine(settings, ModelRegistry([], cache, cache), cache)
    await engine.start()
    try:
        await complete(engine, GenerationRequest(prompt=text_prompt("good morning"), max_tokens=8))
        load = engine.info().load
        assert (load.seats, load.most_seats) == (fit_sizes(settings, info).sequences,) * 2
        assert 16 <= load.step_tokens <= load.batch
        assert 0 < load.cells_used <= load.cells
    finally:
        await engine.stop()
