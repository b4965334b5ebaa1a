"""Keys of this installation: random bytes in ``data/keys``, one file each, readable by the owner alone."""

from __future__ import annotations

import logging
import os
import re
import secrets
import stat
from pathlib import Path

from agora.kernel.errors import SetupError

log = logging.getLogger(__name__)

_NAME = re.compile(r"[a-z][a-z0-9_-]*")


class Secrets:
    """The key folder. Each key is made when it is first asked for, and stays: deleting one signs everybody out, or
    makes what it encrypts unreadable.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str, size: int = 32) -> bytes:
        """The key of this name, ``size`` random bytes. Raises SetupError when the file is unreadable or of another size."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a key name: {name!r}")
        path = self.folder / f"{name}.key"
        try:
            key = self._read(path) if path.exists() else self._create(path, size)
        except OSError as error:
            raise SetupError(f"The key {path} cannot be used ({error.strerror}): mend its permissions.") from error
        if len(key) != size:
            raise SetupError(f"The key {path} has {len(key)} bytes instead of {size}: restore it from a backup.")
        return key

    def _read(self, path: Path) -> bytes:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            log.warning("key %s was readable by others (mode %o): set to 600", path.name, mode)
            path.chmod(0o600)
        return path.read_bytes()

    def _create(self, path: Path, size: int) -> bytes:
        """Written beside, synced, then linked: two programs that start together end up with one key, never half of one."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(size))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)
            except FileExistsError:
                log.info("key %s was made by another program at the same moment", path.name)
        finally:
            draft.unlink()
        sync_folder(self.folder)
        return path.read_bytes()


def sync_folder(folder: Path) -> None:
    """Make a rename or link in this folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
