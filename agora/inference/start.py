"""Makes the engine that the settings ask for."""

import hashlib
import logging
import shutil
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from agora.inference.adapters import Adapter
from agora.inference.backend import LlamaBackend
from agora.inference.drafting import LlamaDraft
from agora.inference.engine import Loaded, ThreadEngine
from agora.inference.errors import InferenceError
from agora.inference.fake import FakeEngine
from agora.inference.layout import find_style
from agora.inference.llama import describe_system
from agora.inference.model_info import inspect_model
from agora.inference.ports import Engine
from agora.inference.prefix_files import PrefixFiles
from agora.inference.probe import check_library
from agora.inference.registry import ModelRegistry
from agora.inference.settings import InferenceSettings
from agora.inference.sizing import fit_sizes, has_open_sizes

log = logging.getLogger(__name__)


def build_engine(
    settings: InferenceSettings, registry: ModelRegistry, cache: Path, adapters: Sequence[Adapter] = (), *, name: str = ""
) -> Engine:
    """An engine in this process, not yet started; receipts call its model `name`, by default as its file.

    Raises ModelNotFound, and ModelRefused where a size follows the model; `start` raises ModelRefused or EngineUnusable.
    """
    if settings.engine == "fake":
        return FakeEngine()
    path = registry.get_path(settings.model)
    if has_open_sizes(settings):
        settings = fit_sizes(settings, inspect_model(path))

    def load() -> Loaded:
        check_library(cache)
        info = registry.check(path, run=settings.try_models)
        backend = LlamaBackend(path, settings, adapters)
        digest = registry.hash_file(path)
        files = build_files(cache, settings, digest, adapters)
        draft, problem = _open_draft(settings, registry, path, backend)
        return Loaded(backend, digest, find_style(info.metadata), describe_system(), files, draft, problem)

    return ThreadEngine(load, settings, name=name or path.stem)


def _open_draft(
    settings: InferenceSettings, registry: ModelRegistry, path: Path, backend: LlamaBackend
) -> tuple[LlamaDraft | None, str]:
    """The model that guesses ahead for the one at `path`, else why there is none. A wrong draft does not stop the model."""
    if not settings.draft or settings.deterministic:
        return None, ""
    try:
        draft = registry.get_kind(settings.draft, "text")
        if draft.resolve() == path.resolve():
            return None, ""  # the draft itself is asked
        registry.check(draft, run=settings.try_models)
        return backend.open_draft(draft, settings), ""
    except InferenceError as error:
        log.warning("%s The model %s writes without a draft.", error.message, path.stem)
        return None, error.message


def build_files(cache: Path, settings: InferenceSettings, digest: str, adapters: Sequence[Adapter]) -> PrefixFiles | None:
    """Where evaluated prompts of a model are kept over a restart; None when they are not to be kept."""
    if not settings.saved_mib:
        shutil.rmtree(cache / "prefixes", ignore_errors=True)  # what is not to be kept is not to lie about either
        return None
    library = version("llama-cpp-python")
    shape = repr((digest, adapters, settings.cache_type, settings.exact, settings.gpu_layers, library))
    name = hashlib.sha256(repr((digest, adapters)).encode()).hexdigest()[:16]
    return PrefixFiles(cache / "prefixes" / name, shape, settings.saved_mib << 20)
