"""Backups: consistent while writing, verified when restored, and a failed restore changes nothing."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from agora.domains.operations.backups import archive as archive_module
from agora.domains.operations.backups import room
from agora.domains.operations.backups.archive import write_backup
from agora.domains.operations.backups.manifest import Manifest
from agora.domains.operations.backups.restore import restore_backup
from agora.kernel.ctx import system
from agora.kernel.errors import SetupError
from agora.kernel.files import Files
from agora.kernel.job_store import do_enqueue
from agora.kernel.migrate import count_steps
from agora.kernel.secrets import Secrets
from agora.kernel.tables import kernel_job
from agora.kernel.tx import Tx
from tests.kit.kernel import open_kernel


class Note(msgspec.Struct, frozen=True):
    text: str


KNOWN = count_steps([])


def do_write_pair(tx: Tx, number: int) -> None:
    """Two rows that belong together: a backup holds both or none."""
    do_enqueue(tx, "left", Note(str(number)))
    do_enqueue(tx, "right", Note(str(number)))


def count_pairs(database: Path) -> tuple[int, int]:
    with sqlite3.connect(database) as connection:
        rows = dict(connection.execute("SELECT name, COUNT(*) FROM kernel_job GROUP BY name").fetchall())
    return rows.get("left", 0), rows.get("right", 0)


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """A data folder with rows, files and keys, closed."""
    folder = tmp_path / "data"
    make_folder(folder)
    async with open_kernel(folder, []) as app:
        await system(app).write(do_write_pair, 1)
    Secrets(folder / "keys").get("jwt")
    for text in (b"one", b"two" * 100_000):
        await Files(folder / "files").put(text)
    return folder


def make_folder(folder: Path) -> None:
    folder.mkdir()


def contents(folder: Path) -> dict[str, bytes]:
    """Everything but the database, whose file may differ while its content does not."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("agora.db") and "drafts" not in path.parts
    }


def test_there_and_back(data: Path, tmp_path: Path) -> None:
    done = write_backup(data, tmp_path / "b.zip")
    assert (done.files, done.path) == (4, str(tmp_path / "b.zip"))
    assert stat.S_IMODE((tmp_path / "b.zip").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert list((data / "backups").iterdir()) == []
    manifest = restore_backup(tmp_path / "b.zip", tmp_path / "new", KNOWN)
    assert manifest.schema == {"kernel": KNOWN["kernel"]}
    assert contents(tmp_path / "new") == contents(data)
    assert count_pairs(tmp_path / "new" / "agora.db") == (1, 1)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new" / "keys" / "jwt.key").stat().st_mode) == 0o600


async def test_taken_under_writes_it_is_one_moment(data: Path, tmp_path: Path) -> None:
    async with open_kernel(data, []) as app:
        stop = asyncio.Event()

        async def keep_writing() -> int:
            number = 1
            while not stop.is_set():
                number += 1
                await system(app).write(do_write_pair, number)
            return number

        writing = asyncio.create_task(keep_writing())
        for number in range(3):
            await asyncio.to_thread(write_backup, data, tmp_path / f"{number}.zip")
        stop.set()
        written = await writing
        rows = await app.db.read(lambda tx: tx.execute(select(func.count()).select_from(kernel_job)).scalar_one())
        assert rows == 2 * written
    counts = []
    for number in range(3):
        await asyncio.to_thread(restore_backup, tmp_path / f"{number}.zip", tmp_path / f"r{number}", KNOWN)
        left, right = count_pairs(tmp_path / f"r{number}" / "agora.db")
        assert left == right > 0
        counts.append(left)
    assert counts == sorted(counts)
    assert counts[-1] <= written


async def test_a_restored_folder_serves(data: Path, tmp_path: Path) -> None:
    write_backup(data, tmp_path / "b.zip")
    restore_backup(tmp_path / "b.zip", tmp_path / "new", KNOWN)
    async with open_kernel(tmp_path / "new", []) as app:
        await system(app).write(do_write_pair, 2)
    assert count_pairs(tmp_path / "new" / "agora.db") == (2, 2)


def test_an_existing_backup_and_a_wrong_folder_are_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("precious")
    with pytest.raises(SetupError, match="exists already"):
        write_backup(data, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_text() == "precious"
    with pytest.raises(SetupError, match="no data folder"):
        write_backup(tmp_path, tmp_path / "c.zip")


def test_a_full_disk_leaves_no_backup(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive_module, "_chunks", refuse)
    with pytest.raises(SetupError, match="disk is full"):
        write_backup(data, tmp_path / "b.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_only_an_empty_folder_is_filled(data: Path, tmp_path: Path) -> None:
    write_backup(data, tmp_path / "b.zip")
    before = contents(data)
    with pytest.raises(SetupError, match="is not empty"):
        restore_backup(tmp_path / "b.zip", data, KNOWN)
    assert contents(data) == before
    (tmp_path / "file").write_text("x")
    with pytest.raises(SetupError, match="is not a folder"):
        restore_backup(tmp_path / "b.zip", tmp_path / "file", KNOWN)
    (tmp_path / "empty").mkdir()
    restore_backup(tmp_path / "b.zip", tmp_path / "empty", KNOWN)
    assert contents(tmp_path / "empty") == before


def test_no_room_is_said_before_anything_is_written(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_backup(data, tmp_path / "b.zip")
    monkeypatch.setattr(room, "MARGIN", 1 << 60)
    with pytest.raises(SetupError, match="are free"):
        restore_backup(tmp_path / "b.zip", tmp_path / "new", KNOWN)
    assert not (tmp_path / "new").exists()


def test_a_backup_of_a_newer_agora_is_refused(data: Path, tmp_path: Path) -> None:
    write_backup(data, tmp_path / "b.zip")
    with pytest.raises(SetupError, match="newer Agora"):
        restore_backup(tmp_path / "b.zip", tmp_path / "new", {"kernel": 0})


Spoil = Callable[[dict[str, bytes]], None]


def rename_member(old: str, new: str) -> Spoil:
    def spoil(members: dict[str, bytes]) -> None:
        manifest = msgspec.json.decode(members["manifest.json"], type=Manifest)
        listed = tuple(msgspec.structs.replace(m, name=new) if m.name.startswith(old) else m for m in manifest.members)
        members["manifest.json"] = msgspec.json.encode(msgspec.structs.replace(manifest, members=listed))
        for name in [name for name in members if name.startswith(old)]:
            members[new] = members.pop(name)

    return spoil


def change(name: str, content: bytes) -> Spoil:
    def spoil(members: dict[str, bytes]) -> None:
        members[next(member for member in members if member.startswith(name))] = content

    return spoil


def drop(name: str) -> Spoil:
    def spoil(members: dict[str, bytes]) -> None:
        del members[next(member for member in members if member.startswith(name))]

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        rename_member("keys/", "../evil.key"),
        rename_member("keys/", "/tmp/evil.key"),
        rename_member("keys/", "keys/../../evil.key"),
        rename_member("keys/", "keys\\evil.key"),
        rename_member("keys/", "files/00/" + "0" * 64),
        change("keys/", b"x" * 32),
        change("keys/", b"x" * 5_000_000),
        change("agora.db", b"not a database"),
        change("manifest.json", b"{"),
        change("manifest.json", b'{"format":1}'),
        drop("manifest.json"),
        drop("agora.db"),
        drop("files/"),
        lambda members: members.update({"surprise.txt": b"hello"}),
    ],
)
def test_spoiled_backups_change_nothing(data: Path, tmp_path: Path, spoil: Spoil) -> None:
    write_backup(data, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    spoil(members)
    with zipfile.ZipFile(tmp_path / "bad.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(SetupError, match="damaged or no backup"):
        restore_backup(tmp_path / "bad.zip", tmp_path / "new", KNOWN)
    assert sorted(tmp_path.iterdir()) == before


def test_any_flipped_byte_is_noticed_or_harmless(data: Path, tmp_path: Path) -> None:
    """Whatever single byte changes, a restore gives exactly the old content or refuses."""
    write_backup(data, tmp_path / "b.zip")
    whole = (tmp_path / "b.zip").read_bytes()
    wanted = contents(data)
    for number, position in enumerate(range(0, len(whole), len(whole) // 60)):
        torn = bytearray(whole)
        torn[position] ^= 0x55
        (tmp_path / "torn.zip").write_bytes(torn)
        target = tmp_path / f"torn{number}"
        try:
            restore_backup(tmp_path / "torn.zip", target, KNOWN)
        except SetupError:
            assert not target.exists()
        else:
            assert contents(target) == wanted


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip" * 1000])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(content)
    with pytest.raises(SetupError, match="damaged or no backup"):
        restore_backup(tmp_path / "b.zip", tmp_path / "new", KNOWN)
    with pytest.raises(SetupError, match="does not exist"):
        restore_backup(tmp_path / "none.zip", tmp_path / "new", KNOWN)
    assert not (tmp_path / "new").exists()
