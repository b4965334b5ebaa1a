"""What a person may get wrong before the server is up: each gets one sentence that says what to do, and nothing is lost."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.fault.process import ServerProcess, command, free_port, make_owner

pytestmark = [pytest.mark.fault, pytest.mark.timeout(120)]


def one_sentence(err: str) -> str:
    """The last line; a traceback would be a bug shown to a person."""
    assert "Traceback" not in err
    return err.strip().splitlines()[-1]


async def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, _, err = await command("serve", "--data", str(tmp_path / "d"), "--port", str(port), "--no-demo")
    assert status == 1
    assert str(port) in one_sentence(err)
    assert "--port" in one_sentence(err)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server]\nprot = 1\n", ["line 2", "prot", "port"]),
        ("[server]\nport = 'many'\n", ["line 2", "[server]", "port", "65535"]),
        ("[server\nport = 1\n", ["line 1"]),
        ("[sever]\nport = 1\n", ["line 1", "sever", "server"]),
    ],
)
async def test_an_error_in_agora_toml_names_key_line_and_the_nearest(tmp_path: Path, text: str, words: list[str]) -> None:
    config = tmp_path / "agora.toml"
    config.write_text(text)
    status, out, err = await command("serve", "--config", str(config), "--data", str(tmp_path / "d"), "--port", "0")
    assert status == 1
    for word in words:
        assert word in one_sentence(err)
    assert "ready" not in out
    assert not (tmp_path / "d").exists()


async def test_a_second_server_on_the_same_folder(tmp_path: Path) -> None:
    await make_owner(tmp_path / "d")
    server = ServerProcess(tmp_path / "d", free_port())
    await server.start()
    status, _, err = await command("serve", "--data", str(tmp_path / "d"), "--port", "0", "--no-demo")
    assert status == 1
    assert "already serves" in one_sentence(err)
    assert await server.stop() == 0


async def test_a_database_written_by_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    await make_owner(tmp_path / "d")
    with sqlite3.connect(tmp_path / "d" / "agora.db") as db:
        db.execute("UPDATE kernel_migration SET steps = 999 WHERE domain = 'kernel'")
    status, _, err = await command("serve", "--data", str(tmp_path / "d"), "--port", "0", "--no-demo")
    assert status == 1
    assert "newer Agora" in one_sentence(err)
