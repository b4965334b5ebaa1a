"""Transfers survive the end of the server, and the command line does the same work."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from agora.__main__ import main
from agora.domains.operations.transfer import importing
from tests.domains.operations.transfer import samples
from tests.domains.operations.transfer.conftest import Scene
from tests.kit.server import Kit, Person, open_kit

COUNT = 300


def many() -> bytes:
    """More than some batches."""
    return samples.discord([samples.discord_message(number, samples.ANA, f"message {number}") for number in range(COUNT)])


async def begin(kit: Kit, root: Person) -> Any:
    """Send a file."""
    return (await kit.request("POST", "/api/agora/imports?name=old.json", root, data=many())).json


async def test_an_import_that_was_cut_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 50)
    reached, real = asyncio.Event(), importing.do_store
    stored = 0

    def count(*args: Any) -> Any:
        nonlocal stored
        stored += 1
        return real(*args)

    async def stop_there(self: Any, batch: Any) -> None:
        if stored >= 2:
            reached.set()
            await asyncio.Event().wait()
        await whole(self, batch)

    whole = importing._Import._import
    monkeypatch.setattr(importing, "do_store", count)
    monkeypatch.setattr(importing._Import, "_import", stop_there)
    async with open_kit(tmp_path / "data") as kit:
        root = await kit.person("root", owner=True)
        begun = await begin(kit, root)
        async with asyncio.timeout(60):
            await reached.wait()
    monkeypatch.setattr(importing._Import, "_import", whole)
    async with open_kit(tmp_path / "data") as kit:
        done = await Scene(kit, root, root, 0, 0).finish(root, begun)
        assert done["state"] == "done", done
        assert done["report"]["messages"] + done["report"]["known"] == COUNT
        assert 0 < done["report"]["known"] < COUNT
        channels = (await kit.request("GET", f"/api/v10/guilds/{done['guild_id']}/channels", root)).json
        (room,) = [channel for channel in channels if channel["name"] == "general-chat"]
        assert room["last_message_id"] == samples.message_id(COUNT - 1)
        assert not list((kit.app.data / "transfers").iterdir())


class Shell:
    """The whole program in this process, as a shell sees it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: str, status: int = 0) -> str:
        """Standard output, or standard error of what fails."""
        self._monkeypatch.setattr(sys, "argv", ["agora", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = self._capsys.readouterr()
        assert (ended.value.code or 0) == status, said.err
        return said.err if status else said.out


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs commands."""
    return Shell(monkeypatch, capsys)


def test_the_command_line_looks_imports_and_exports(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, file, out = ("--data", str(tmp_path / "data")), tmp_path / "old.zip", tmp_path / "out.json"
    file.write_bytes(samples.discord_zip())
    assert "There is no owner yet" in shell("import", str(file), *data, status=1)
    monkeypatch.setattr("sys.stdin", open_text(tmp_path, "a long pass word"))
    shell("user", "add", "root", "--owner", "--password-stdin", *data)
    assert shell("import", str(file), "--dry-run", *data).startswith("Would import 6 messages (0 were known), 3 users, 1 channels")
    done = json.loads(shell("import", str(file), "--json", *data))
    assert done["report"]["messages"] == 6
    assert "Imported 0 messages (6 were known)" in shell("import", str(file), *data)
    whole = json.loads(shell("export", done["guild_id"], str(tmp_path / "all.zip"), "--files", "--json", *data))
    assert (whole["messages"], whole["files"]) == (6, 1)
    assert "exists already" in shell("export", done["guild_id"], str(tmp_path / "all.zip"), *data, status=1)
    assert "is no id" in shell("export", "general", str(out), *data, status=1)
    assert "cannot be exported" in shell("export", "5", str(out), *data, status=1)


def open_text(folder: Path, text: str) -> Any:
    """Standard input that says this."""
    path = folder / "stdin"
    path.write_text(text, encoding="utf-8")
    return path.open(encoding="utf-8")
