"""Whether a value has Discord's shape."""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.contract.description import Description


@cache
def _description() -> Description:
    return Description()


def check_shape(name: str, value: Any) -> None:
    """Raise, naming the place, unless the value fits the named object of Discord's description."""
    assert _description().check_named(name, value) == []
