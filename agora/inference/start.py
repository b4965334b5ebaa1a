"""Makes the engine that the settings ask for."""

from pathlib import Path

from agora.inference.backend import Backend, LlamaBackend
from agora.inference.engine import ThreadEngine
from agora.inference.fake import FakeEngine
from agora.inference.llama import describe_system
from agora.inference.ports import Engine
from agora.inference.probe import check_library
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings


def build_engine(settings: InferenceSettings, registry: ModelRegistry, cache: Path) -> Engine:
    """An engine, not yet started. Raises ModelNotFound; `start` raises ModelRefused or EngineUnusable."""
    if settings.engine == "fake":
        return FakeEngine()
    path = registry.get_path(settings.model)

    def load() -> Backend:
        check_library(cache)
        registry.check(path, run=settings.try_models)
        return LlamaBackend(path, settings)

    return ThreadEngine(
        load,
        settings,
        name=path.stem,
        find_hash=lambda: registry.hash_file(path),
        describe_system=describe_system,
    )
