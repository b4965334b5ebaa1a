"""The commands as a shell sees them: exit status, one sentence on standard error, JSON on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from agora.__main__ import main


class Done(msgspec.Struct):
    """How a command ended."""

    status: int
    out: str
    err: str


Agora = Callable[..., Done]


@pytest.fixture
def agora(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Agora:
    """The whole program, in this process: starting a new one for each command costs seconds."""

    def run(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["agora", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0, *capsys.readouterr())

    return run


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("config", "check", "{folder}/agora.toml"), "agora.toml line 2: [server] has no key 'prot'. Did you mean 'port'?"),
        (("backup", "--data", "{folder}/none"), "is no data folder of Agora"),
        (("restore", "{folder}/none.zip", "--data", "{folder}/new"), "does not exist"),
        (("config", "get", "server.prot"), "Did you mean 'server.port'?"),
    ],
)
def test_a_failure_is_one_sentence_and_status_1(agora: Agora, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "agora.toml").write_text("[server]\nprot = 1\n", encoding="utf-8")
    done = agora(*(word.replace("{folder}", str(tmp_path)) for word in words))
    assert done.status == 1
    assert done.out == ""
    assert said in done.err
    assert done.err.startswith("agora: ")
    assert done.err.count("\n") == 1


def test_wrong_usage_is_status_2(agora: Agora) -> None:
    assert agora("config", "set", "server.port").status == 2


def test_from_init_to_a_restored_folder(agora: Agora, tmp_path: Path) -> None:
    assert agora("init", "--data", str(tmp_path / "data")).status == 0
    made = agora("backup", str(tmp_path / "b.zip"), "--data", str(tmp_path / "data"), "--json")
    assert json.loads(made.out)["path"] == str(tmp_path / "b.zip")
    restored = agora("restore", str(tmp_path / "b.zip"), "--data", str(tmp_path / "new"), "--json")
    assert json.loads(restored.out)["files"] >= 1
    examined = agora("doctor", "--data", str(tmp_path / "new"), "--json")
    checks = {finding["check"]: finding["state"] for finding in json.loads(examined.out)["findings"]}
    assert checks["database"] == "ok"
