"""Files by content: same bytes, same file; nothing half-written is ever visible."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.kernel.errors import NotFound, TooLarge, Unavailable
from agora.kernel.files import CHUNK, FileRef, Files


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def all_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def leave_a_draft(folder: Path) -> None:
    (folder / "drafts" / "left.part").write_bytes(b"half")


async def test_put_names_by_hash_and_stores_once(tmp_path: Path) -> None:
    files = Files(tmp_path)
    ref = await files.put(b"hello")
    assert ref == FileRef(hashlib.sha256(b"hello").hexdigest(), 5)
    assert await files.put(chunks(b"he", b"", b"llo")) == ref
    assert list(files.list_hashes()) == [ref.hash]
    assert await files.read(ref.hash) == b"hello"
    assert all_files(tmp_path / "drafts") == []


async def test_ranges(tmp_path: Path) -> None:
    files = Files(tmp_path)
    content = bytes(range(256)) * (CHUNK // 256 * 2 + 7)
    ref = await files.put(content)
    for start, length in [(0, None), (5, 10), (CHUNK - 1, 2), (len(content) - 3, 99), (len(content) + 5, 1), (7, 0)]:
        stop = None if length is None else start + length
        assert await files.read(ref.hash, start, length) == content[start:stop]


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 64, "A" * 64, "0" * 63 + "/", "0" * 65])
async def test_what_is_not_stored_is_not_found(tmp_path: Path, name: str) -> None:
    files = Files(tmp_path)
    assert files.find(name) is None
    with pytest.raises(NotFound):
        files.open_file(name)
    with pytest.raises(NotFound):
        await files.read(name)
    assert await files.delete(name) is False


async def test_too_large_leaves_nothing(tmp_path: Path) -> None:
    files = Files(tmp_path, max_size=10)
    with pytest.raises(TooLarge):
        await files.put(b"x" * 11)
    with pytest.raises(TooLarge):
        await files.put(chunks(b"x" * 6, b"x" * 6))
    assert all_files(tmp_path) == []


async def test_a_broken_upload_leaves_nothing(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await Files(tmp_path).put(broken())
    assert all_files(tmp_path) == []


async def test_full_disk_becomes_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    from agora.kernel import files as module

    def refuse(self: object, chunk: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.Draft, "write", refuse)
    with pytest.raises(Unavailable, match="disk is full"):
        await Files(tmp_path).put(b"x")
    assert all_files(tmp_path) == []


async def test_delete_and_sweep(tmp_path: Path) -> None:
    files = Files(tmp_path)
    ref = await files.put(b"gone")
    assert await files.delete(ref.hash) is True
    assert files.find(ref.hash) is None
    leave_a_draft(tmp_path)
    assert files.sweep_drafts() == 1
    assert files.sweep_drafts() == 0


@given(parts=st.lists(st.binary(max_size=50), max_size=8))
async def test_any_chunking_gives_the_same_file(tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]) -> None:
    files = Files(tmp_path_factory.mktemp("files"))
    whole = b"".join(parts)
    assert await files.put(chunks(*parts)) == await files.put(whole)
