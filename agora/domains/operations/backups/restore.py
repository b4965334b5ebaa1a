"""Restoring: everything is unpacked and checked beside the data folder, which appears in one rename or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from agora.domains.operations.backups.archive import CHUNK, check_database
from agora.domains.operations.backups.manifest import DATABASE, FORMAT, NAME, Manifest, Member, is_member_name
from agora.domains.operations.backups.room import check_room, disk_errors
from agora.kernel.errors import SetupError
from agora.kernel.secrets import sync_folder

MAX_MANIFEST = 256 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def restore_backup(path: Path, data: Path, known: Mapping[str, int]) -> Manifest:
    """Unpack a backup into ``data``, which must be empty or absent. Blocks.

    ``known`` is how many migration steps of each domain this version has. Raises SetupError; then nothing was changed.
    """
    data = data.absolute()
    with disk_errors(f"Restoring into {data}"):
        _check_empty(data)
        data.parent.mkdir(parents=True, exist_ok=True)
        try:
            with zipfile.ZipFile(path) as archive:
                manifest = _read_manifest(archive)
                _check_schema(manifest, known)
                check_room(data.parent, sum(member.size for member in manifest.members))
                _unpack(archive, manifest, data)
        except FileNotFoundError as error:
            if error.filename == str(path):
                raise SetupError(f"{path} does not exist: name the backup to restore.") from error
            raise
        except _BROKEN as error:
            raise SetupError(f"{path} is damaged or no backup ({error}). Nothing was changed; take another one.") from error
    return manifest


def _check_empty(data: Path) -> None:
    if data.is_symlink() or (data.exists() and not data.is_dir()):
        raise SetupError(f"{data} is not a folder: choose an empty one with --data.")
    if data.exists() and any(data.iterdir()):
        raise SetupError(f"{data} is not empty, and a restore never overwrites: move it away, or choose another with --data.")


def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    names = [entry.filename for entry in archive.infolist()]
    if len(names) != len(set(names)):
        raise zipfile.BadZipFile("a name stands in it twice")
    if NAME not in names or archive.getinfo(NAME).file_size > MAX_MANIFEST:
        raise zipfile.BadZipFile(f"it has no {NAME}")
    try:
        manifest = msgspec.json.decode(archive.read(NAME), type=Manifest)
    except msgspec.DecodeError as error:
        raise zipfile.BadZipFile(f"its {NAME} cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise SetupError(f"This backup has format {manifest.format}, this version reads {FORMAT}: use the Agora that made it.")
    if bad := [member.name for member in manifest.members if not is_member_name(member.name)]:
        raise zipfile.BadZipFile(f"it wants to write {bad[0]!r}, which no backup holds")
    listed = {member.name for member in manifest.members} | {NAME}
    if listed != set(names) or DATABASE not in listed:
        raise zipfile.BadZipFile("its files are not those its manifest lists")
    return manifest


def _check_schema(manifest: Manifest, known: Mapping[str, int]) -> None:
    newer = [name for name, steps in manifest.schema.items() if name in known and steps > known[name]]
    if newer:
        raise SetupError(
            f"This backup was made by a newer Agora ({manifest.agora}; {newer[0]} has changed since): restore it with that one."
        )


def _unpack(archive: zipfile.ZipFile, manifest: Manifest, data: Path) -> None:
    draft = Path(tempfile.mkdtemp(prefix=f".{data.name}.restore-", dir=data.parent))
    try:
        for member in manifest.members:
            _unpack_member(archive, member, draft)
        _check_restored(draft / DATABASE)
        for folder in (draft, *(path for path in draft.rglob("*") if path.is_dir())):
            folder.chmod(0o700)
            sync_folder(folder)
        os.rename(draft, data)  # onto an empty folder or none; anything that came there meanwhile makes it fail
        sync_folder(data.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _unpack_member(archive: zipfile.ZipFile, member: Member, draft: Path) -> None:
    """Reads one byte more than promised at most, so that a zip bomb ends where its manifest does."""
    target = draft / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    left = member.size
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out, archive.open(member.name) as source:
        while chunk := source.read(min(CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                break
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if left != 0 or digest.hexdigest() != member.sha256:
        raise zipfile.BadZipFile(f"{member.name} is not what was backed up")
    if member.name.startswith("files/") and len(target.name) == len(member.sha256) and target.name != member.sha256:
        # of an encrypted one only whoever has the key can tell
        raise zipfile.BadZipFile(f"{member.name} does not have the content its name says")


def _check_restored(database: Path) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        check_database(connection, "the database in this backup")
