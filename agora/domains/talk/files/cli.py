"""``agora files``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agora.kernel.commands import ConfigOption, DataOption, JsonOption, print_json

if TYPE_CHECKING:
    from agora.kernel.files import Files

cli = typer.Typer(name="files", help="Encrypt stored files.", no_args_is_help=True)


@cli.callback()
def about() -> None:
    """Encrypt stored files, or no longer. Example: agora files encrypt"""


@cli.command("key")
def key(
    file: Annotated[Path, typer.Argument(help="Where to write it: outside of the data folder.")],
    as_json: JsonOption = False,
) -> None:
    """Make a key for [files] key_file. Example: agora files key agora-files.key"""
    from agora.kernel.filekey import make_key

    made, path = make_key(file), file.resolve()
    if as_json:
        print_json({"path": str(path), "key": made.id})
    else:
        typer.echo(f"Made the key {made.id} in {path}. Keep a copy elsewhere, then: agora config set files.key_file {path}")


@cli.command("encrypt")
def encrypt(
    old_key: Annotated[Path | None, typer.Option("--old-key", help="The key that files are encrypted with so far.")] = None,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Encrypt the files that lie plain, or with the old key. Example: agora files encrypt"""
    from agora.domains.talk.files.sealing import seal_all
    from agora.kernel.filekey import read_vault

    done = seal_all(_open(config, data), None if old_key is None else read_vault(old_key))
    if as_json:
        print_json(done)
    else:
        typer.echo(f"Encrypted {done.changed} files; {done.kept} were already.")
    _end(done.broken)


@cli.command("decrypt")
def decrypt(config: ConfigOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Write all files plain again; then empty [files] key_file. Example: agora files decrypt"""
    from agora.domains.talk.files.sealing import unseal_all

    done = unseal_all(_open(config, data))
    if as_json:
        print_json(done)
    else:
        typer.echo(f"Decrypted {done.changed} files; {done.kept} were plain already.")
    _end(done.broken)


def _open(config: Path | None, data: Path | None) -> Files:
    """The files with the key of the configuration, whatever key they have."""
    from agora.kernel.filekey import read_vault
    from agora.kernel.files import Files
    from agora.kernel.parts import key_path
    from agora.kernel.sources import data_folder, load_config

    settings = load_config(config)
    path = key_path(settings)
    return Files(data_folder(settings, data) / "files", vault=None if path is None else read_vault(path))


def _end(broken: int) -> None:
    if broken:
        typer.echo(f"agora: {broken} files are damaged or have another key and were left as they are.", err=True)
        raise typer.Exit(1)
