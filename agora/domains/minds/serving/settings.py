"""``[serving]`` in agora.toml."""

from __future__ import annotations

from typing import Annotated

import msgspec


class ServingSettings(msgspec.Struct, frozen=True):
    """What other programs may ask of the models.

    ``open_on_loopback``: Ollama's interface without a token for programs on this machine. ``max_tokens``: of one answer.
    ``parallel``: answers written at the same time for one user; more are refused.
    """

    open_on_loopback: bool = False
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 2_048
    parallel: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 4
