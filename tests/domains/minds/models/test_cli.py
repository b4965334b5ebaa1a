"""``agora model`` and ``agora agent`` on a data folder without a server."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from agora.__main__ import main
from agora.inference.tiny import TinyShape, write_tiny_model
from tests.inference.lora import write_tiny_adapter


class Shell:
    """The command line on one data folder, in this process: starting Python for each command would take most of the time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str, fails: bool = False) -> str:
        """What it prints: on standard output, or on standard error where it should fail with status 1."""
        out, err = io.StringIO(), io.StringIO()
        argv = ["agora", *words, "--data", str(self.folder)]
        with mock.patch.object(sys, "argv", argv), redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
            main()
        assert end.value.code == (1 if fails else 0), out.getvalue() + err.getvalue()
        return err.getvalue().strip() if fails else out.getvalue().strip()

    def json(self, *words: str) -> Any:
        """What it prints with --json."""
        return json.loads(self.run(*words, "--json"))


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """An empty data folder."""
    return Shell(tmp_path / "data")


def test_models_are_added_checked_chosen_and_removed(shell: Shell, tmp_path: Path) -> None:
    good = write_tiny_model(tmp_path / "tiny.gguf")
    assert shell.run("model", "add", str(good)).startswith("Added tiny")
    listed = {model["name"]: model for model in shell.json("model", "list")}
    assert listed["tiny"]["problem"] is None
    assert listed["tiny"]["parameters"] > 0
    assert shell.run("model", "use", "tiny") == "Agora uses tiny from now on."
    assert next(model for model in shell.json("model", "list") if model["name"] == "tiny")["in_use"] is True
    assert shell.run("model", "remove", "tiny") == "Removed tiny."
    assert "tiny" not in {model["name"] for model in shell.json("model", "list")}
    assert "no model named tiny" in shell.run("model", "use", "tiny", fails=True)


def test_whether_a_small_model_can_draft_is_checked(shell: Shell, tmp_path: Path) -> None:
    large = write_tiny_model(tmp_path / "large.gguf")
    shell.run("model", "add", str(write_tiny_model(tmp_path / "small.gguf", TinyShape(layers=1))))
    assert "small can draft for it" in shell.run("model", "check", str(large), "--draft", "small")
    said = shell.run("model", "check", str(large), "--draft", "agora-starter", fails=True)
    assert "agora-starter cannot draft for this model: its vocabulary has" in said
    assert "same vocabulary" in said


def test_a_model_is_shown_whole(shell: Shell, tmp_path: Path) -> None:
    shell.run("model", "add", str(write_tiny_model(tmp_path / "tiny.gguf")), "--link")
    shown = shell.json("model", "show", "tiny")
    assert (shown["architecture"], shown["where"], shown["context"], shown["licence"]) == ("llama", "linked", 2048, None)
    text = shell.run("model", "show", "tiny")
    assert "licence: not stated in the file" in text
    assert "template: ChatML, as it has none of its own" in text
    assert "no model named none" in shell.run("model", "show", "none", fails=True)


def test_adapters_communities_and_servers_are_told_of(shell: Shell, tmp_path: Path) -> None:
    shell.run("model", "add", str(write_tiny_model(tmp_path / "tiny.gguf")))
    assert "model use MODEL+pirate" in shell.run("model", "add", str(write_tiny_adapter(tmp_path / "pirate.gguf")))
    assert shell.run("model", "use", "tiny+pirate@0.5") == "Agora uses tiny+pirate@0.5 from now on."
    assert "no model named parrot" in shell.run("model", "use", "tiny+parrot", fails=True)
    assert shell.run("model", "use", "tiny", "--guild", "42") == "The agents of community 42 use tiny from now on."
    assert shell.json("model", "guilds") == [{"guild_id": "42", "model": "tiny"}]
    shell.run("model", "remove", "tiny")
    assert shell.json("model", "guilds") == []
    assert shell.run("model", "servers").startswith("There is none")
    assert "no servers are set" in shell.run("model", "use", "remote/x", fails=True)


def test_a_server_that_is_down_is_told_of(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGORA_MODELS__REMOTES", "http://KEY@127.0.0.1:1/v1")
    assert shell.run("model", "servers") == "127.0.0.1:1 (openai): nobody answers there (Connection refused)"
    assert "KEY" not in shell.run("model", "use", "remote/x", fails=True)
    monkeypatch.setenv("AGORA_MODELS__REMOTES", "not an address")
    assert "[models] remotes" in shell.run("model", "servers", fails=True)


def test_a_broken_model_is_refused_with_one_sentence(shell: Shell, tmp_path: Path) -> None:
    broken = tmp_path / "noise.gguf"
    broken.write_bytes(bytes(range(256)) * 64)
    for verb in ("check", "add"):
        said = shell.run("model", verb, str(broken), fails=True)
        assert said.startswith("agora: noise.gguf: ")
        assert "Traceback" not in said
