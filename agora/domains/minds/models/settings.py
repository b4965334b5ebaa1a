"""``[models]`` in agora.toml."""

from __future__ import annotations

from typing import Annotated

import msgspec
import psutil
from msgspec import Meta

from agora.inference.remote_address import Address, read_address


class ModelSettings(msgspec.Struct, frozen=True):
    """Which models there are besides the files, and how much memory they may take.

    ``remotes``: servers of models. ``remote_parallel``: answers at a time of one server, with at most ``remote_context`` tokens and
    ``remote_silence_s`` seconds of silence. ``memory_mib``: of all loaded models together, 0 for two thirds of the machine's.
    ``idle_s``: seconds after which a model beside the chosen one is unloaded. ``embedder``: the model for vectors.
    """

    remotes: tuple[str, ...] = ()
    remote_parallel: Annotated[int, Meta(ge=1, le=1_000)] = 4
    remote_context: Annotated[int, Meta(ge=256, le=4_194_304)] = 4_096
    remote_silence_s: Annotated[float, Meta(ge=1, le=3_600)] = 60.0
    memory_mib: Annotated[int, Meta(ge=0, le=1 << 24)] = 0
    idle_s: Annotated[int, Meta(ge=10, le=1_000_000)] = 900
    embedder: str = ""


def read_remotes(settings: ModelSettings) -> list[Address]:
    """The servers. Raises SetupError for an entry that is no address."""
    return [read_address(entry) for entry in settings.remotes]


def find_memory_limit(settings: ModelSettings) -> int:
    """Bytes that loaded models may take together."""
    return settings.memory_mib << 20 or psutil.virtual_memory().total * 2 // 3
