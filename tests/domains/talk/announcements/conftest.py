"""The scene as a fixture."""

from __future__ import annotations

import pytest

from tests.domains.talk.announcements.scene import Scene, build_scene
from tests.kit.server import Kit


@pytest.fixture
async def scene(agora: Kit) -> Scene:
    """Two communities, nobody follows yet."""
    return await build_scene(agora)
