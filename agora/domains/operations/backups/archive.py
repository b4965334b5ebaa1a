"""Writing a backup: a snapshot of the database first, then the files, which are written before anything refers to them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from agora import __version__
from agora.domains.operations.backups.manifest import DATABASE, FORMAT, NAME, Backup, Manifest, Member
from agora.domains.operations.backups.room import disk_errors
from agora.kernel.errors import SetupError
from agora.kernel.filekey import MARK
from agora.kernel.files import Files
from agora.kernel.secrets import sync_folder

CHUNK = 1 << 20


def write_backup(data: Path, target: Path) -> Backup:
    """One zip of the data folder at ``target``, also while a server uses it; blocks, so call it in a thread.

    The zip appears under its name only when it is whole and on disk. Raises SetupError.
    """
    if not (data / DATABASE).is_file():
        raise SetupError(f"{data} is no data folder of Agora ({DATABASE} is missing): name it with --data.")
    if target.exists():
        raise SetupError(f"{target} exists already: choose another name, a backup never replaces one.")
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    with disk_errors(f"The backup {target}"):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            manifest = _write(data, draft)
            os.replace(draft, target)
            sync_folder(target.parent)
        finally:
            draft.unlink(missing_ok=True)
        return Backup(str(target), target.stat().st_size, len(manifest.members), manifest.created_at)


def _write(data: Path, draft: Path) -> Manifest:
    handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w+b") as out:
        with zipfile.ZipFile(out, "w", allowZip64=True) as archive, _snapshot(data) as snapshot:
            members = [_add(archive, snapshot, DATABASE, zipfile.ZIP_DEFLATED)]
            members += [_add(archive, path, f"keys/{path.name}") for path in sorted((data / "keys").glob("*.key"))]
            members += [_add(archive, path, f"files/{path.name[:2]}/{path.name}") for path in Files(data / "files").list_paths()]
            members += [_add(archive, path, f"files/{MARK}") for path in (data / "files").glob(MARK)]
            manifest = Manifest(
                FORMAT, __version__, datetime.now(UTC).isoformat(timespec="seconds"), _schema(snapshot), tuple(members)
            )
            archive.writestr(NAME, msgspec.json.format(msgspec.json.encode(manifest)))
        out.flush()
        os.fsync(out.fileno())
    return manifest


@contextlib.contextmanager
def _snapshot(data: Path) -> Iterator[Path]:
    """The database at one moment, copied in one step: the writer goes on meanwhile, thanks to the write-ahead log."""
    folder = data / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".snapshot-", dir=folder) as name:
        copy = Path(name) / DATABASE
        source = sqlite3.connect(f"{(data / DATABASE).resolve().as_uri()}?mode=rw", uri=True)
        target = sqlite3.connect(copy)
        try:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
            check_database(target, "the database being backed up")
        finally:
            target.close()
            source.close()
        yield copy


def check_database(connection: sqlite3.Connection, what: str) -> None:
    """Raise SetupError when SQLite finds the file damaged."""
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise SetupError(f"SQLite finds {what} damaged ({found}): restore an older backup.")


def _schema(database: Path) -> dict[str, int]:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return dict(connection.execute("SELECT domain, steps FROM kernel_migration ORDER BY domain").fetchall())


def _add(archive: zipfile.ZipFile, path: Path, name: str, compression: int = zipfile.ZIP_STORED) -> Member:
    entry = zipfile.ZipInfo(name, date_time=datetime.now(UTC).timetuple()[:6])
    entry.compress_type = compression
    entry.external_attr = 0o600 << 16
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
        for chunk in _chunks(source):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
    return Member(name, size, digest.hexdigest())


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
