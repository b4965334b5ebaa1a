"""People and channels made on a data folder before the measured server opens it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from tests.fault.process import ServerProcess, free_port
from tests.kit.server import open_kit


class Scene(msgspec.Struct, frozen=True):
    """Who may write where; the first person owns the guild."""

    data: Path
    guild: int
    channels: tuple[int, ...]
    people: tuple[int, ...]
    tokens: tuple[str, ...]

    @property
    def database(self) -> Path:
        """The file to audit."""
        return self.data / "agora.db"


async def build_scene(data: Path, people: int, channels: int) -> Scene:
    """Make a guild in which everybody may write everywhere."""
    async with open_kit(data) as kit:
        owner, *others = [await kit.person(f"load{n}") for n in range(people)]
        guild = await kit.guild(owner, *others, name="Load")
        rooms = [await kit.channel(owner, guild, f"room-{n}") for n in range(channels)]
    everybody = [owner, *others]
    return Scene(data, guild, tuple(rooms), tuple(p.id for p in everybody), tuple(p.token for p in everybody))


@contextlib.asynccontextmanager
async def serving(scene: Scene) -> AsyncIterator[ServerProcess]:
    """The server in its own process; stopped in order at the end."""
    server = ServerProcess(scene.data, free_port())
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
