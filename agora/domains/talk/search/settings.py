"""Settings of search: section ``[search]`` of agora.toml."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class SearchSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``meaning``: when the meanings of messages are made into vectors. ``asked`` begins with the first search by meaning since
    the start, so that who never asks pays no memory; ``always`` begins at the start; ``never`` refuses such searches.

    ``vectors``: the newest so many messages are searched by meaning, at about 2.5 KiB of memory each.
    """

    meaning: Literal["asked", "always", "never"] = "asked"
    vectors: Annotated[int, Meta(ge=100, le=5_000_000)] = 100_000
