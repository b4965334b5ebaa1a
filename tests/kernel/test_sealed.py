"""Encrypted files in pieces."""

from __future__ import annotations

from pathlib import Path

import pytest

from agora.kernel import sealed
from agora.kernel.sealed import SealBroken, read_sealed, write_sealed

KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "PIECE", 100)


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 200, 1234])
def test_what_is_written_is_read(tmp_path: Path, size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    path = tmp_path / "new" / "file"
    write_sealed(path, KEY, [data[:7], data[7:150], memoryview(data[150:])])
    assert b"".join(read_sealed(path, KEY)) == data
    assert path.stat().st_mode & 0o077 == 0
    assert data[:20] not in path.read_bytes() or size < 20
    assert [each.name for each in path.parent.iterdir()] == ["file"]


def test_the_same_twice_looks_different(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_sealed(tmp_path / name, KEY, [b"the same"])
    assert (tmp_path / "one").read_bytes() != (tmp_path / "two").read_bytes()


def test_pieces_left_out_swapped_or_changed_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_sealed(path, KEY, [bytes(350)])
    whole = path.read_bytes()
    start, piece = len(sealed.MAGIC) + 7, 116
    parts = [whole[:start], *(whole[at : at + piece] for at in range(start, len(whole), piece))]
    assert len(parts) == 5
    broken = {
        "last left out": parts[:-1],
        "first left out": [parts[0], *parts[2:]],
        "swapped": [parts[0], parts[2], parts[1], *parts[3:]],
        "cut": [*parts[:-1], parts[-1][:-1]],
        "longer": [*parts, b"x"],
        "changed": [*parts[:-1], bytes([parts[-1][0] ^ 1]) + parts[-1][1:]],
        "no magic": [b"x", *parts],
        "nothing": [],
    }
    for content in broken.values():
        path.write_bytes(b"".join(content))
        with pytest.raises(SealBroken, match="file"):
            list(read_sealed(path, KEY))
    with pytest.raises(SealBroken):
        list(read_sealed(tmp_path / "missing", KEY))
    path.write_bytes(whole)
    with pytest.raises(SealBroken):
        list(read_sealed(path, bytes(32)))
