"""Fixtures of the gateway's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.world import Town, open_town, small_world


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A running gateway on a small world."""
    async with open_town(tmp_path, small_world()) as opened:
        yield opened
