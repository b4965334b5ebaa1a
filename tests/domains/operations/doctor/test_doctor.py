"""``agora doctor`` says what is wrong and what to do."""

from __future__ import annotations

import fcntl
import json
import socket
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agora.domains.operations.doctor.cli import cli
from agora.domains.operations.doctor.finding import Finding
from agora.domains.operations.doctor.folder import check_data, check_models
from agora.domains.operations.doctor.machine import check_machine, check_port
from agora.inference.registry import ModelRegistry
from agora.kernel.migrate import count_steps
from agora.kernel.secrets import Secrets
from tests.kit.kernel import open_kernel

KNOWN = count_steps([])


def states(findings: list[Finding]) -> dict[str, str]:
    return {finding.check: finding.state for finding in findings}


def test_this_machine_is_fit(tmp_path: Path) -> None:
    found = states(list(check_machine(tmp_path / "data")))
    assert found["python"] == "ok"
    assert set(found) == {"python", "memory", "disk"}


async def test_a_whole_data_folder(tmp_path: Path) -> None:
    async with open_kernel(tmp_path, []):
        Secrets(tmp_path / "keys").get("jwt")
    assert states(list(check_data(tmp_path, KNOWN))) == {"data": "ok", "database": "ok", "keys": "ok"}
    (tmp_path / "keys" / "jwt.key").chmod(0o644)
    assert states(list(check_data(tmp_path, KNOWN)))["keys"] == "failed"
    (newer,) = [f for f in check_data(tmp_path, {"kernel": 0}) if f.check == "database"]
    assert newer.state == "failed"
    assert "newer Agora" in newer.what


def test_a_damaged_database(tmp_path: Path) -> None:
    (tmp_path / "agora.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    (_, database) = check_data(tmp_path, KNOWN)
    assert database.state == "failed"
    assert "agora restore" in database.cure


def test_a_torn_page_is_found(tmp_path: Path) -> None:
    path = tmp_path / "agora.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE kernel_migration (domain TEXT, steps INTEGER)")
        connection.executemany("INSERT INTO kernel_migration VALUES (?, 1)", [(f"d{n}" * 50,) for n in range(2000)])
    connection.close()
    raw = bytearray(path.read_bytes())
    raw[8192 : 8192 + 4096] = b"\x7f" * 4096
    path.write_bytes(raw)
    (_, database) = check_data(tmp_path, KNOWN)
    assert database.state == "failed"


def test_no_folder_yet_is_no_fault(tmp_path: Path) -> None:
    assert states(list(check_data(tmp_path / "none", KNOWN))) == {"data": "ok"}
    (tmp_path / "file").write_text("")
    assert states(list(check_data(tmp_path / "file", KNOWN))) == {"data": "failed"}


def test_a_taken_port_unless_agora_has_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        finding = check_port("127.0.0.1", port, tmp_path)
        assert finding.state == "failed"
        assert f"server.port {port + 1}" in finding.cure
        with (tmp_path / "agora.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            assert check_port("127.0.0.1", port, tmp_path).state == "ok"
        assert check_port("127.0.0.1", port, tmp_path).state == "failed"
    assert check_port("127.0.0.1", port, tmp_path).state == "ok"
    assert check_port("192.0.2.1", port, tmp_path).state == "failed"


def test_broken_and_missing_models(tmp_path: Path) -> None:
    registry = ModelRegistry([tmp_path / "models"], tmp_path / "own", tmp_path / "cache")
    assert [finding.state for finding in check_models(registry, "")] == ["warning"]
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "noise.gguf").write_bytes(bytes(range(256)) * 40)
    broken, none = check_models(registry, "")
    assert "noise cannot be used" in broken.what
    assert none.state == "warning"
    assert [finding.state for finding in check_models(registry, "noise")] == ["warning", "failed"]


@pytest.mark.parametrize(("toml", "code"), [("[server]\nport = 0\n", 0), ("[server]\nprot = 0\n", 1)])
def test_the_command(tmp_path: Path, toml: str, code: int) -> None:
    (tmp_path / "agora.toml").write_text(toml)
    result = CliRunner().invoke(cli, ["--config", str(tmp_path / "agora.toml"), "--json"])
    assert result.exit_code == code, result.output
    said = json.loads(result.stdout)
    assert said["ok"] is (code == 0)
    if code:
        assert "line 2" in said["findings"][0]["what"]
