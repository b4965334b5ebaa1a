"""A crash between publishing and the copies, or between two of them: all come after the next start, each once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from agora.domains.talk.announcements import spread
from agora.domains.talk.announcements.writes import Copy
from tests.domains.talk.announcements.scene import API, build_scene
from tests.kit.server import open_kit


async def test_copies_come_after_a_restart_and_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "BATCH", 2)
    compose, composed, reached = spread._compose, 0, asyncio.Event()

    async def compose_and_hang(*args: Any) -> Copy | None:
        """Two batches are stored, then nothing goes on until the server stops."""
        nonlocal composed
        if composed == 4:
            reached.set()
            await asyncio.Event().wait()
        composed += 1
        return await compose(*args)

    async with open_kit(tmp_path) as kit:
        scene = await build_scene(kit)
        channels = [await kit.channel(scene.cy, scene.away, f"c{number}") for number in range(7)]
        for channel in channels:
            await scene.follow(channel)
        first, second = await scene.say("first"), await scene.say("second")
        await kit.settle()
        monkeypatch.setattr(spread, "_compose", compose_and_hang)
        for message in (first, second):
            assert (await kit.request("POST", scene.crosspost(message), scene.ada)).status == 200
        await reached.wait()
        late = await kit.channel(scene.cy, scene.away, "late")
        await scene.follow(late)
    monkeypatch.setattr(spread, "_compose", compose)
    async with open_kit(tmp_path) as kit:
        scene = scene.__class__(kit, scene.ada, scene.ben, scene.cy, scene.guild, scene.news, scene.away, scene.target)
        await kit.settle()
        for channel in channels:
            assert [each["content"] for each in await scene.read(channel)] == ["first", "second"]
        assert await scene.read(late) == []  # who follows later hears what is published later
        # an edit finds every copy, also those made before the restart
        path = f"{API}/channels/{scene.news}/messages/{first['id']}"
        assert (await kit.request("PATCH", path, scene.ada, json={"content": "changed"})).status == 200
        await kit.settle()
        for channel in channels:
            assert [each["content"] for each in await scene.read(channel)] == ["changed", "second"]


async def test_what_is_deleted_before_it_came_never_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server stops between publishing and the first copy."""
    stopped = asyncio.Event()

    async def stop(*_: object) -> None:
        stopped.set()
        await asyncio.Event().wait()

    async with open_kit(tmp_path) as kit:
        scene = await build_scene(kit)
        await scene.follow()
        gone, stays = await scene.say("gone"), await scene.say("stays")
        await kit.settle()
        monkeypatch.setattr(spread, "_spread", stop)
        for message in (gone, stays):
            assert (await kit.request("POST", scene.crosspost(message), scene.ada)).status == 200
        path = f"{API}/channels/{scene.news}/messages/{gone['id']}"
        assert (await kit.request("DELETE", path, scene.ada)).status == 204
        await stopped.wait()
    monkeypatch.undo()
    async with open_kit(tmp_path) as kit:
        await kit.settle()
        again = scene.__class__(kit, scene.ada, scene.ben, scene.cy, scene.guild, scene.news, scene.away, scene.target)
        assert [each["content"] for each in await again.read()] == ["stays"]
