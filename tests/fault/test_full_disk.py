"""A full disk, for real: a data folder on a small file system of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.fault.kill9 import make_channel
from tests.fault.process import ServerProcess, free_port, make_owner

pytestmark = [pytest.mark.fault, pytest.mark.timeout(180)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MiB; mounting takes root, as in CI."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_full_disk_refuses_writes_with_a_sentence_and_keeps_what_it_had(small_disk: Path, tmp_path: Path) -> None:
    data = small_disk / "data"
    token = await make_owner(data)
    server = ServerProcess(data, free_port())
    await server.start()
    channel = await make_channel(server.url, token)
    kept: list[str] = []
    refusal = ""
    async with aiohttp.ClientSession(headers={"Authorization": token}) as session:
        url = f"{server.url}/api/v10/channels/{channel}/messages"
        for number in range(20_000):
            async with session.post(url, json={"content": f"{number} " + "word " * 380}) as answer:
                if answer.status != 200:
                    refusal = f"{answer.status} {await answer.text()}"
                    break
                kept.append((await answer.json())["id"])
        assert refusal.startswith("503"), refusal
        assert "disk is full" in refusal
        async with session.get(f"{url}?limit=5") as answer:
            assert [m["id"] for m in await answer.json()] == kept[:-6:-1]
        subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
        async with session.post(url, json={"content": "there is room again"}) as answer:
            assert answer.status == 200, await answer.text()
    assert await server.stop() == 0
