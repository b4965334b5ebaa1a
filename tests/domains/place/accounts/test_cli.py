"""``agora user …`` as a person types it."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agora.__main__ import main
from agora.domains.place import accounts
from tests.domains.place.conftest import API
from tests.kit.server import open_kit

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def agora_cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process; gives exit status, standard output and standard error."""

    def run(*words: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["agora", *words, "--data", str(tmp_path / "data")])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run


def test_add_list_token_and_link(agora_cli: Run) -> None:
    status, out, err = agora_cli("user", "add", "ada", "--password-stdin", "--owner", stdin="correct horse\n")
    assert (status, err) == (0, "")
    assert "ada" in out
    (row,) = json.loads(agora_cli("user", "list", "--json")[1])
    assert (row["username"], row["owner"], row["bot"]) == ("ada", True, False)
    assert "password" not in json.dumps(row)
    assert "owner" in agora_cli("user", "list")[1]
    status, out, err = agora_cli("user", "token", "ADA")
    assert (status, err, out.count("\n")) == (0, "", 1)
    assert out.startswith("eyJ")
    assert agora_cli("user", "link", "ada")[1].startswith("http://127.0.0.1:8420/welcome/agora_link_")


def test_what_is_refused_is_one_sentence(agora_cli: Run) -> None:
    assert agora_cli("user", "add", "ada", "--password-stdin", stdin="correct horse\n")[0] == 0
    for words, stdin, said in (
        (("user", "add", "ADA", "--password-stdin"), "correct horse\n", "already taken"),
        (("user", "add", "ben", "--password-stdin"), "short\n", "The password is refused"),
        (("user", "add", "b en"), "", "The username is refused"),
        (("user", "token", "nobody"), "", "agora user list"),
    ):
        status, out, err = agora_cli(*words, stdin=stdin)
        assert (status, out) == (1, "")
        assert said in err
        assert err.count("\n") == 1
    assert agora_cli("user", "frobnicate")[0] == 2


async def test_beside_a_running_server(tmp_path: Path) -> None:
    """An account and a token made by a command are good soon after; the server follows the ledger."""
    data = tmp_path / "data"
    script = f"""
import asyncio, io, sys
from agora.__main__ import main
for words in (["user", "add", "ada", "--password-stdin"], ["user", "token", "ada"]):
    sys.argv = ["agora", *words, "--data", {str(data)!r}]
    sys.stdin = io.StringIO("correct horse\\n")
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, ended.code
"""
    async with open_kit(data) as kit:
        done = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", script], capture_output=True, text=True, timeout=90, check=False
        )
        assert done.returncode == 0, done.stderr
        token = done.stdout.splitlines()[-1]
        async with asyncio.timeout(10):
            while kit.app.get(accounts.Users).by_name("ada") is None:
                await asyncio.sleep(0.05)
        mine = await kit.request("GET", f"{API}/users/@me", headers={"Authorization": token})
        assert mine.json["username"] == "ada"
