"""What a model will take is reckoned from its head: it grows with what makes it grow."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from agora.inference.model_info import ModelInfo, inspect_model
from agora.inference.model_memory import estimate_memory
from agora.inference.settings import InferenceSettings

SMALL = InferenceSettings(context=1024)


@pytest.fixture
def info(tiny: Path) -> ModelInfo:
    return inspect_model(tiny)


def test_each_token_that_is_kept_costs_a_key_and_a_value_per_layer(info: ModelInfo) -> None:
    # width 64 in 4 heads, of which 2 are kept: 32 numbers in 16 bits, twice, in 2 layers
    grown = estimate_memory(info, msgspec.structs.replace(SMALL, context=2048)) - estimate_memory(info, SMALL)
    assert grown == 1024 * 32 * 2 * 2 * 2
    packed = msgspec.structs.replace(SMALL, context=2048, cache_type="q8_0")
    assert estimate_memory(info, packed) < estimate_memory(info, msgspec.structs.replace(packed, cache_type="f16"))


def test_the_files_own_size_counts_and_more_where_weights_are_laid_out_anew(info: ModelInfo) -> None:
    plain = estimate_memory(info, SMALL)
    larger = msgspec.structs.replace(info, bytes=info.bytes + 1_000_000)
    assert estimate_memory(larger, SMALL) == plain + 1_000_000
    anew = msgspec.structs.replace(larger, quantisation="Q4_K_M")
    assert estimate_memory(anew, SMALL) > plain + 1_500_000
