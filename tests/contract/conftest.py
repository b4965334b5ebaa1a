"""Fixtures of the contract suite."""

from __future__ import annotations

import os
import warnings

import pytest

from tests.contract.description import FILE, Description, load


@pytest.fixture
def discord_description() -> Description | None:
    """Discord's description; None, with a warning, where it does not lie beside the checkout. In CI it must."""
    found = load()
    if found is None:
        message = f"Discord's description is not at {FILE}: answers are not compared with it."
        assert os.environ.get("CI") != "true", message
        warnings.warn(message, stacklevel=1)
    return found
