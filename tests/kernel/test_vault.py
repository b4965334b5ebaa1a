"""Encrypted files: read from anywhere, nothing changed unnoticed, old ones and wrong keys."""

from __future__ import annotations

import hashlib
import stat
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.kernel.config import Config
from agora.kernel.errors import NotFound, SetupError
from agora.kernel.filekey import count_keys, list_keys, make_key, note_keys, open_vault, read_vault
from agora.kernel.files import FileRef, Files
from agora.kernel.parts import open_files
from agora.kernel.settings import KERNEL
from agora.kernel.vault import BLOCK, HEAD, MAGIC, FileBroken, Vault, plain_size

KEY = bytes(range(32))
TAG = 16


def content_of(size: int) -> bytes:
    """Bytes that are different at every block."""
    return b"".join(hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(size // 32 + 1))[:size]


def sealed_path(files: Files, ref: FileRef) -> Path:
    path = files.find_path(ref.hash)
    assert path is not None
    return path


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 7])
async def test_any_size_comes_back(tmp_path: Path, size: int) -> None:
    files, content = Files(tmp_path, vault=Vault(KEY)), content_of(size)
    ref = await files.put(content)
    assert ref == FileRef(hashlib.sha256(content).hexdigest(), size) == files.find(ref.hash)
    assert await files.read(ref.hash) == content
    path = sealed_path(files, ref)
    assert path.name == f"{ref.hash}.sealed"
    raw = path.read_bytes()
    assert raw.startswith(MAGIC)
    assert plain_size(len(raw)) == size
    assert size < 8 or content[:8] not in raw


@given(
    size=st.integers(0, 4 * BLOCK),
    places=st.lists(st.tuples(st.integers(0, 4 * BLOCK + 9), st.integers(0, 2 * BLOCK)), max_size=6),
)
@settings(deadline=None, max_examples=30)
async def test_any_range_is_that_of_the_plain_file(
    tmp_path_factory: pytest.TempPathFactory, size: int, places: list[tuple[int, int]]
) -> None:
    files, content = Files(tmp_path_factory.mktemp("f"), vault=Vault(KEY)), content_of(size)
    ref = await files.put(content)
    with files.open_file(ref.hash) as file:
        for start, length in places:
            assert await files.read(ref.hash, start, length) == content[start : start + length]
            file.seek(start)
            assert file.read(length) == content[start : start + length]


async def test_a_range_reads_only_its_blocks(tmp_path: Path) -> None:
    """Damage elsewhere is not met, so nothing elsewhere was decrypted."""
    files, content = Files(tmp_path, vault=Vault(KEY)), content_of(5 * BLOCK)
    ref = await files.put(content)
    path = sealed_path(files, ref)
    raw = bytearray(path.read_bytes())
    raw[HEAD + 3 * (BLOCK + TAG) + 5] ^= 1
    path.write_bytes(raw)
    assert await files.read(ref.hash, BLOCK + 5, BLOCK) == content[BLOCK + 5 : 2 * BLOCK + 5]
    with pytest.raises(FileBroken):
        await files.read(ref.hash, 3 * BLOCK, 1)


@pytest.mark.parametrize("what", ["flip", "cut", "cut block", "swap", "longer", "short", "head"])
async def test_what_was_changed_is_not_read(tmp_path: Path, what: str) -> None:
    files = Files(tmp_path, vault=Vault(KEY))
    ref = await files.put(content_of(3 * BLOCK))
    path, step = sealed_path(files, ref), BLOCK + TAG
    raw = path.read_bytes()
    blocks = [raw[HEAD + n * step : HEAD + (n + 1) * step] for n in range(3)]
    changed = {
        "flip": raw[:-1] + bytes([raw[-1] ^ 1]),
        "cut": raw[:-1],
        "cut block": raw[:-step],
        "swap": raw[:HEAD] + blocks[1] + blocks[0] + blocks[2],
        "longer": raw + b"x",
        "short": raw[: HEAD - 1],
        "head": raw[:13] + bytes([raw[13] ^ 1]) + raw[14:],
    }[what]
    path.write_bytes(changed)
    with pytest.raises(FileBroken) as told:
        await files.read(ref.hash)
    assert told.value.status == 503


async def test_equal_contents_are_stored_once_and_look_different_elsewhere(tmp_path: Path) -> None:
    one, other = (Files(tmp_path / name, vault=Vault(KEY)) for name in "ab")
    ref = await one.put(b"the same")
    assert await one.put(b"the same") == ref == await other.put(b"the same")
    assert len(list(one.list_hashes())) == 1
    assert sealed_path(one, ref).read_bytes() != sealed_path(other, ref).read_bytes()


async def test_plain_files_stay_readable(tmp_path: Path) -> None:
    ref = await Files(tmp_path).put(b"from before")
    files = Files(tmp_path, vault=Vault(KEY))
    assert await files.read(ref.hash) == b"from before"
    assert await files.put(b"from before") == ref
    assert [path.name for path in files.list_paths()] == [ref.hash]
    assert await files.delete(ref.hash) is True
    assert files.find(ref.hash) is None


async def test_a_plain_file_that_begins_like_a_sealed_one(tmp_path: Path) -> None:
    """Its name says what it is, not its content."""
    files = Files(tmp_path)
    content = MAGIC + bytes(100)
    ref = await files.put(content)
    assert await files.read(ref.hash) == content


async def test_without_the_key_or_with_another_one(tmp_path: Path) -> None:
    ref = await Files(tmp_path, vault=Vault(KEY)).put(b"secret")
    with pytest.raises(FileBroken, match="key_file is not set"):
        await Files(tmp_path).read(ref.hash)
    with pytest.raises(FileBroken, match="another key"):
        await Files(tmp_path, vault=Vault(bytes(32))).read(ref.hash)
    assert await Files(tmp_path, vault=Vault(KEY)).read(ref.hash) == b"secret"


async def test_a_sealed_file_is_deleted(tmp_path: Path) -> None:
    files = Files(tmp_path, vault=Vault(KEY))
    ref = await files.put(b"x")
    assert await files.delete(ref.hash) is True
    assert await files.delete(ref.hash) is False
    with pytest.raises(NotFound):
        files.open_file(ref.hash)


async def test_memory_is_bounded(tmp_path: Path) -> None:
    """Writing and reading 32 MiB takes little more than a few chunks."""
    files, part = Files(tmp_path, vault=Vault(KEY)), bytes(1 << 20)

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(32):
            yield part

    tracemalloc.start()
    try:
        ref = await files.put(parts())
        size = 0
        async for chunk in files.open(ref.hash):
            size += len(chunk)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == 32 << 20
    assert most < 8 << 20


def test_a_key_is_made_once_and_read_in_both_forms(tmp_path: Path) -> None:
    path = tmp_path / "files.key"
    made = make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_vault(path).id == made.id
    with pytest.raises(SetupError, match="exists already"):
        make_key(path)
    raw = tmp_path / "raw.key"
    raw.write_bytes(bytes.fromhex(path.read_text().strip()))
    assert read_vault(raw).id == made.id
    for wrong in (b"", b"short", b"x" * 33):
        raw.write_bytes(wrong)
        with pytest.raises(SetupError, match="holds no key"):
            read_vault(raw)
    with pytest.raises(SetupError, match="cannot be read"):
        read_vault(tmp_path / "none.key")


async def test_a_key_that_does_not_fit_stops_the_start(tmp_path: Path) -> None:
    folder, mine, other = tmp_path / "files", tmp_path / "mine.key", tmp_path / "other.key"
    vault, _ = make_key(mine), make_key(other)
    assert open_vault(None, folder) is None
    note_keys(folder, [vault.id])
    ref = await Files(folder, vault=vault).put(b"kept")
    with pytest.raises(SetupError, match="key_file is not set"):
        open_vault(None, folder)
    with pytest.raises(SetupError, match="set \\[files\\] key_file to the right one"):
        open_vault(other, folder)
    opened = open_vault(mine, folder)
    assert opened is not None
    assert await Files(folder, vault=opened).read(ref.hash) == b"kept"
    assert count_keys(Files(folder).list_paths()) == {vault.id: 1}
    note_keys(folder, [])
    assert list_keys(folder) == []


async def test_the_key_of_the_configuration(tmp_path: Path) -> None:
    """Relative to the file; the folder remembers which key it needs."""
    (tmp_path / "agora.toml").write_text('[files]\nkey_file = "files.key"\n', encoding="utf-8")
    vault = make_key(tmp_path / "files.key")
    config = Config.load(tmp_path / "agora.toml", {}, sections=KERNEL)
    ref = await open_files(tmp_path / "data", config).put(b"x")
    assert list_keys(tmp_path / "data" / "files") == [vault.id]
    assert await open_files(tmp_path / "data", config).read(ref.hash) == b"x"
