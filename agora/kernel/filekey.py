"""The key of encrypted files: read from where ``[files] key_file`` points to, and held against what the folder was sealed with.

``files/sealed-with`` names the keys that files in the folder may need, one in each line, so that a wrong key stops the start
instead of the first reader.
"""

from __future__ import annotations

import os
import re
import secrets
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from agora.kernel.errors import SetupError
from agora.kernel.secrets import sync_folder
from agora.kernel.vault import HEAD, KEY, FileBroken, Vault, sealed_with

MARK = "sealed-with"
_HEX = re.compile(rb"[0-9a-fA-F]{64}\s*")


def open_vault(key_file: Path | None, folder: Path) -> Vault | None:
    """The vault of the files in ``folder``; None when they are plain. Raises SetupError, also for a key that does not fit."""
    known = list_keys(folder)
    if key_file is None:
        if known:
            raise SetupError(
                f"The files in {folder} are encrypted with the key {known[0]}, but [files] key_file is not set: name the file with "
                "that key there. Nothing was changed."
            )
        return None
    vault = read_vault(key_file)
    if known and vault.id not in known:
        raise SetupError(
            f"The files in {folder} are encrypted with the key {known[0]}, but {key_file} holds the key {vault.id}: set [files] "
            "key_file to the right one, or change keys with agora files encrypt --old-key FILE. Nothing was changed."
        )
    return vault


def read_vault(path: Path) -> Vault:
    """The key in a file: 32 bytes, or 64 hexadecimal digits. Raises SetupError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SetupError(f"The key file {path} cannot be read ({error.strerror}): mend [files] key_file.") from error
    if _HEX.fullmatch(content):
        content = bytes.fromhex(content.decode())
    if len(content) != KEY:
        raise SetupError(f"The key file {path} holds no key of {KEY} bytes: make one with agora files key FILE.")
    return Vault(content)


def make_key(path: Path) -> Vault:
    """A new key in a new file that its owner alone may read. Raises SetupError when there is a file already."""
    key = secrets.token_bytes(KEY)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(key.hex().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except FileExistsError as error:
        raise SetupError(f"{path} exists already: choose another name, a key is never replaced.") from error
    except OSError as error:
        raise SetupError(f"{path} cannot be written ({error.strerror}): choose another place.") from error
    return Vault(key)


def list_keys(folder: Path) -> list[str]:
    """The names of the keys that files in the folder may need, the newest first."""
    try:
        return (folder / MARK).read_text(encoding="ascii").split()
    except FileNotFoundError:
        return []


def note_keys(folder: Path, ids: list[str]) -> None:
    """Remember them; none for a folder that is plain again."""
    if ids == list_keys(folder):
        return
    if not ids:
        (folder / MARK).unlink(missing_ok=True)
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{MARK}.{secrets.token_hex(4)}"
    with draft.open("w", encoding="ascii") as file:
        file.write("".join(f"{each}\n" for each in ids))
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, folder / MARK)
    sync_folder(folder)


def key_of(path: Path) -> str:
    """The name of a stored file's key; empty for a plain one. Raises FileBroken, FileNotFoundError."""
    if not path.suffix:
        return ""
    with path.open("rb") as file:
        key = sealed_with(file.read(HEAD))
    if key is None:
        raise FileBroken(f"The file {path.name} is damaged: restore it from a backup.")
    return key


def count_keys(paths: Iterable[Path]) -> dict[str, int]:
    """How many files have which key: "" for plain ones, "?" for damaged ones. Blocks."""
    counts: Counter[str] = Counter()
    for path in paths:
        try:
            counts[key_of(path)] += 1
        except FileBroken:
            counts["?"] += 1
        except FileNotFoundError:  # deleted meanwhile
            continue
    return dict(counts)
