"""Encrypting what lay there plain, changing the key, and going back: file by file, each checked against its name first."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import msgspec

from agora.kernel.errors import SetupError
from agora.kernel.filekey import key_of, list_keys, note_keys
from agora.kernel.files import CHUNK, SEALED, Draft, Files
from agora.kernel.secrets import sync_folder
from agora.kernel.vault import FileBroken, Vault


class Sealed(msgspec.Struct, frozen=True):
    """How many files were written anew, needed nothing, and could not be read (those were left as they are)."""

    changed: int = 0
    kept: int = 0
    broken: int = 0


def seal_all(files: Files, old: Vault | None = None) -> Sealed:
    """Encrypt all plain files, and those that ``old`` opens; can be cut off anywhere. Blocks.

    Raises SetupError for a key that is missing, or a full disk.
    """
    vault = files.vault
    if vault is None:
        raise SetupError("[files] key_file is not set: make a key with agora files key FILE, and name it there.")
    vaults = {each.id: each for each in (vault, old) if each is not None}
    if missing := [each for each in list_keys(files.folder) if each not in vaults]:
        raise SetupError(
            f"Some files are encrypted with the key {missing[0]}: name the file with it by --old-key. Nothing was changed."
        )
    note_keys(files.folder, list(vaults))
    done = _rewrite(files, vaults, vault)
    if done.broken == 0:
        note_keys(files.folder, [vault.id])
    return done


def unseal_all(files: Files) -> Sealed:
    """Write all files plain again. Blocks. Raises SetupError without the key."""
    if files.vault is None:
        raise SetupError("[files] key_file is not set: name the key that the files are encrypted with there.")
    done = _rewrite(files, {files.vault.id: files.vault}, None)
    if done.broken == 0:
        note_keys(files.folder, [])
    return done


def _rewrite(files: Files, vaults: dict[str, Vault], target: Vault | None) -> Sealed:
    counts = {"changed": 0, "kept": 0, "broken": 0}
    wanted = "" if target is None else target.id
    for path in files.list_paths():
        try:
            key = key_of(path)
            if key == wanted:
                counts["kept"] += 1
                continue
            vault = vaults.get(key)
            if key and vault is None:
                raise FileBroken(f"{path.name} is encrypted with another key")
            with path.open("rb") if vault is None else vault.open(path) as content:
                _replace(files.folder, path, content, target)
        except FileNotFoundError:  # deleted meanwhile, by a server beside
            continue
        except FileBroken:
            counts["broken"] += 1
        except OSError as error:
            raise SetupError(f"{path.name} could not be written anew ({error.strerror}): free some space and go on.") from error
        else:
            counts["changed"] += 1
    return Sealed(**counts)


def _replace(folder: Path, path: Path, content: BinaryIO, target: Vault | None) -> None:
    """The old file goes only when the new one is whole, right and on disk."""
    draft = Draft.open(folder / "drafts", target)
    try:
        while chunk := content.read(CHUNK):
            draft.write(chunk)
        if draft.close().hash != path.stem:
            raise FileBroken(f"{path.name} does not have the content its name says")
        new = path.with_name(path.stem if target is None else path.stem + SEALED)
        if not path.exists():
            raise FileNotFoundError(path)
        os.replace(draft.path, new)
        if new != path:
            path.unlink()
        sync_folder(path.parent)
    finally:
        draft.discard()
