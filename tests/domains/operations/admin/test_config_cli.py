"""``agora config``: comments stay, nothing wrong is ever written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agora.domains.operations.admin.cli import cli
from agora.kernel.errors import SetupError

TOML = """# Agora's settings
[server]
# where it listens
port = 8420  # the usual one

[network]
allow = []
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "agora.toml").write_text(TOML, encoding="utf-8")
    return tmp_path / "agora.toml"


def run(*words: str, path: Path) -> str:
    result = CliRunner().invoke(cli, [*words, "--config", str(path)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_set_changes_one_value_and_keeps_comments(path: Path) -> None:
    assert "server.port is now 9000" in run("set", "server.port", "9000", path=path)
    assert path.read_text(encoding="utf-8") == TOML.replace("8420", "9000")
    assert run("get", "server.port", path=path) == "9000\n"


def test_set_makes_sections_and_lists(path: Path) -> None:
    run("set", "network.allow", "10.0.0.1,llama.home.arpa:8080", path=path)
    run("set", "logging.level", "debug", path=path)
    text = path.read_text(encoding="utf-8")
    assert 'allow = ["10.0.0.1", "llama.home.arpa:8080"]' in text
    assert '[logging]\nlevel = "debug"' in text
    assert json.loads(run("get", "network.allow", "--json", path=path))["value"] == ["10.0.0.1", "llama.home.arpa:8080"]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("server.port", "many", "must be a whole number"),
        ("server.port", "70000", "from 0 to 65535"),
        ("server.prot", "1", "Did you mean 'server.port'"),
        ("nonsense", "1", "There is no setting 'nonsense'"),
        ("network.egress", "perhaps", 'one of "allow", "deny"'),
    ],
)
def test_wrong_values_change_nothing(path: Path, key: str, value: str, said: str) -> None:
    with pytest.raises(SetupError, match=said):
        run("set", key, value, path=path)
    assert path.read_text(encoding="utf-8") == TOML


def test_set_refuses_to_build_on_a_broken_file(path: Path) -> None:
    path.write_text("[server]\nprot = 1\n", encoding="utf-8")
    with pytest.raises(SetupError, match="line 2"):
        run("set", "server.port", "9000", path=path)
    assert path.read_text(encoding="utf-8") == "[server]\nprot = 1\n"


def test_show_and_check(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGORA_LOGGING__LEVEL", "warning")
    shown = run("show", path=path)
    assert "[server]" in shown
    assert "# file" in next(line for line in shown.splitlines() if line.startswith("port"))
    assert "# environment" in next(line for line in shown.splitlines() if line.startswith("level"))
    rows = json.loads(run("show", "--json", path=path))
    assert {"section": "server", "key": "port", "value": 8420, "default": 8420, "origin": "file"} in rows
    assert "is right" in run("check", path=path)
    path.write_text("[server]\nport = = 1\n", encoding="utf-8")
    with pytest.raises(SetupError, match=r"agora\.toml line 2, column 8"):
        run("check", path=path)
