"""Makes the engine that the settings ask for."""

from collections.abc import Sequence
from pathlib import Path

from agora.inference.adapters import Adapter
from agora.inference.backend import LlamaBackend
from agora.inference.engine import Loaded, ThreadEngine
from agora.inference.fake import FakeEngine
from agora.inference.layout import find_style
from agora.inference.llama import describe_system
from agora.inference.ports import Engine
from agora.inference.probe import check_library
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings


def build_engine(
    settings: InferenceSettings, registry: ModelRegistry, cache: Path, adapters: Sequence[Adapter] = (), *, name: str = ""
) -> Engine:
    """An engine in this process, not yet started; receipts call its model `name`, by default as its file.

    Raises ModelNotFound; `start` raises ModelRefused or EngineUnusable.
    """
    if settings.engine == "fake":
        return FakeEngine()
    path = registry.get_path(settings.model)

    def load() -> Loaded:
        check_library(cache)
        info = registry.check(path, run=settings.try_models)
        backend = LlamaBackend(path, settings, adapters)
        return Loaded(backend, registry.hash_file(path), find_style(info.metadata), describe_system())

    return ThreadEngine(load, settings, name=name or path.stem)
