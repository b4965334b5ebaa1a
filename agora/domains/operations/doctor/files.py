"""Whether stored files can be read with the key that is set, and whether that key is kept well."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from agora.domains.operations.doctor.finding import Finding, failed, ok, warning
from agora.kernel.config import Config
from agora.kernel.errors import SetupError
from agora.kernel.filekey import count_keys, open_vault
from agora.kernel.files import Files
from agora.kernel.parts import key_path


def check_files(config: Config, data: Path) -> Iterator[Finding]:
    """Nothing to say where no key is set and none is needed. Looks at the beginning of every file where one is."""
    path, folder = key_path(config), data / "files"
    try:
        vault = open_vault(path, folder)
    except SetupError as error:
        yield failed("files", str(error), "Without the right key no encrypted file can be read.")
        return
    if vault is None or path is None:
        return
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield failed("files", f"Others can read the key {path}.", f"chmod 600 {path}")
    if path.resolve().is_relative_to(data.resolve()):
        yield warning("files", f"The key {path} lies in the data folder.", "Who takes the folder has the key: move it elsewhere.")
    counts = count_keys(Files(folder).list_paths())
    plain, broken, mine = counts.pop("", 0), counts.pop("?", 0), counts.pop(vault.id, 0)
    yield ok("files", f"{mine} are encrypted with the key {vault.id}")
    if plain:
        yield warning("files", f"{plain} are not encrypted.", "agora files encrypt")
    for other, count in counts.items():
        yield failed("files", f"{count} are encrypted with the key {other}.", "agora files encrypt --old-key FILE")
    if broken:
        yield failed("files", f"{broken} encrypted files are damaged.", "Restore a backup: agora restore FILE.")
