"""Disk errors as sentences, and how much room there is."""

from __future__ import annotations

import contextlib
import errno
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from agora.kernel.errors import SetupError

# What stays free beside the restored files, in bytes: the database needs room to start.
MARGIN = 16 << 20


@contextlib.contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turn a full disk or missing rights into a SetupError about ``what``."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SetupError(f"{what} does not fit: the disk is full. Nothing was changed; free some space.") from error
        raise SetupError(f"{what} failed ({error.strerror or error}). Nothing was changed; mend this and try again.") from error
    except sqlite3.OperationalError as error:
        if "full" in str(error):
            raise SetupError(f"{what} does not fit: the disk is full. Nothing was changed; free some space.") from error
        raise SetupError(f"{what} failed: SQLite says {error}. Nothing was changed.") from error


def check_room(folder: Path, size: int) -> None:
    """Raise SetupError when ``size`` bytes do not fit on the disk of ``folder``."""
    free = shutil.disk_usage(folder).free
    if size + MARGIN > free:
        raise SetupError(
            f"The restored data needs {size + MARGIN >> 20} MiB in {folder}, where {free >> 20} MiB are free: "
            "free some space, or choose another disk with --data."
        )
