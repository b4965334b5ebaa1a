"""Keys are made once, stay the same and are private."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agora.kernel.errors import SetupError
from agora.kernel.secrets import Secrets


def test_a_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "keys")
    key = secrets.get("jwt")
    assert len(key) == 32
    assert key == secrets.get("jwt") == Secrets(tmp_path / "keys").get("jwt")
    assert key != secrets.get("cookie")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "keys" / "jwt.key").stat().st_mode) == 0o600
    assert sorted(p.name for p in (tmp_path / "keys").iterdir()) == ["cookie.key", "jwt.key"]


def test_starting_together_gives_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: Secrets(tmp_path / "keys").get("jwt"), range(32)))
    assert len(keys) == 1


def test_open_permissions_are_closed(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "keys")
    key = secrets.get("jwt")
    (tmp_path / "keys" / "jwt.key").chmod(0o644)
    assert secrets.get("jwt") == key
    assert stat.S_IMODE((tmp_path / "keys" / "jwt.key").stat().st_mode) == 0o600


def test_a_cut_key_is_refused(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "keys")
    secrets.get("jwt")
    (tmp_path / "keys" / "jwt.key").write_bytes(b"short")
    with pytest.raises(SetupError, match="5 bytes instead of 32"):
        secrets.get("jwt")


def test_names_cannot_leave_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a key name"):
        Secrets(tmp_path / "keys").get("../jwt")
