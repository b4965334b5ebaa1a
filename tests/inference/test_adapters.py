"""LoRA adapters: read, refused, and laid over a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from agora.inference.adapters import Adapter, NamedAdapter, split_name
from agora.inference.backend import LlamaBackend
from agora.inference.engine import Loaded, ThreadEngine
from agora.inference.errors import BadRequestToModel, ModelRefused
from agora.inference.model_info import inspect_model
from agora.inference.ports import GenerationRequest, Sampler, complete, text_prompt
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings
from agora.inference.tiny import TinyShape
from tests.inference.lora import write_tiny_adapter

SETTINGS = InferenceSettings(context=512, sequences=2, remembered=0, threads=1, exact=True)
ASK = GenerationRequest(prompt=text_prompt("Who is there?"), max_tokens=24, sampler=Sampler(temperature=0))


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    return write_tiny_adapter(tmp_path / "pirate.gguf")


async def write(model: Path, *adapters: Adapter) -> str:
    engine = ThreadEngine(lambda: Loaded(LlamaBackend(model, SETTINGS, adapters)), SETTINGS, name="tiny")
    await engine.start()
    try:
        return (await complete(engine, ASK)).text
    finally:
        await engine.stop()


async def test_an_adapter_changes_what_is_written_by_its_strength(tiny: Path, adapter: Path) -> None:
    plain = await write(tiny)
    assert await write(tiny, Adapter(str(adapter), 0.0)) == plain
    laid_over = await write(tiny, Adapter(str(adapter)))
    assert laid_over != plain
    assert await write(tiny, Adapter(str(adapter))) == laid_over


async def test_an_adapter_for_another_model_is_refused(tiny: Path, tmp_path: Path) -> None:
    other = write_tiny_adapter(tmp_path / "wide.gguf", TinyShape(width=128))
    with pytest.raises(ModelRefused, match="trained on"):
        await write(tiny, Adapter(str(other)))


def test_names_say_which_adapters_count_how_much() -> None:
    assert split_name("qwen") == ("qwen", ())
    assert split_name("qwen+pirate+poet@0.5") == ("qwen", (NamedAdapter("pirate"), NamedAdapter("poet", 0.5)))
    for wrong in ("qwen+pirate@much", "qwen+pirate@nan", "qwen+pirate@1000"):
        with pytest.raises(BadRequestToModel, match="pirate"):
            split_name(wrong)


def test_the_registry_tells_adapters_from_models(tiny: Path, adapter: Path, tmp_path: Path) -> None:
    info = inspect_model(adapter)
    assert (info.kind, info.architecture, info.title) == ("adapter", "llama", "tiny adapter")
    write_tiny_adapter(tmp_path / "foreign.gguf", architecture="gemma")
    registry = ModelRegistry([tiny.parent, tmp_path], tmp_path / "own", tmp_path / "cache")
    path, adapters = registry.resolve("tiny+pirate@0.5")
    assert (path, adapters) == (tiny, (Adapter(str(adapter), 0.5),))
    with pytest.raises(ModelRefused, match="choose a file that writes text"):
        registry.resolve("pirate")
    with pytest.raises(ModelRefused, match="choose a file that is an adapter"):
        registry.resolve("tiny+tiny")
    with pytest.raises(ModelRefused, match="gemma"):
        registry.resolve("tiny+foreign")
    assert registry.get_path("") == tiny  # an adapter is never taken for the first model


def test_half_an_adapter_is_refused(adapter: Path, tmp_path: Path) -> None:
    broken = tmp_path / "half.gguf"
    broken.write_bytes(adapter.read_bytes().replace(b"ffn_up.weight.lora_b", b"ffn_up.weight.lora_c"))
    with pytest.raises(ModelRefused, match="pairs"):
        inspect_model(broken)
