"""Whether a value has Discord's shape."""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.contract.description import Description, load


@cache
def _description() -> Description | None:
    return load()


def check_shape(name: str, value: Any) -> None:
    """Raise, naming the place, unless the value fits the named object of Discord's description.

    Where the description does not lie beside the checkout nothing is compared; the contract suite says so, and fails in CI.
    """
    description = _description()
    if description is not None:
        assert description.check_named(name, value) == []
