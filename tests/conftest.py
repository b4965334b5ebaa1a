"""Fixtures for all suites."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.kit.server import Kit

# The same examples on every machine, and none fails because the machine is busy: limits of time are for benchmarks.
settings.register_profile("agora", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("agora")


@pytest.fixture
async def agora(tmp_path: Path) -> AsyncIterator[Kit]:
    """A server without the demo community, with the fake model, on a folder of its own."""
    from tests.kit.server import open_kit  # unit tests of the kernel must not load the whole program

    async with open_kit(tmp_path / "data") as kit:
        yield kit
