"""``agora backup`` and ``agora restore``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from agora.kernel.commands import ConfigOption, DataOption, JsonOption, print_json
from agora.kernel.sources import data_folder, load_config

cli = typer.Typer()


@cli.command("backup")
def backup(
    file: Annotated[Path | None, typer.Argument(help="The zip to write (default: a dated one in backups/).")] = None,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write one zip of the data folder, also while Agora serves. Example: agora backup agora.zip"""
    from agora.domains.operations.backups.archive import write_backup

    folder = data_folder(load_config(config), data)
    done = write_backup(folder, file or default_path(folder, datetime.now(UTC)))
    if as_json:
        print_json(done)
    else:
        typer.echo(f"Backed up {done.files} files ({_size(done.size)}) to {done.path}")


@cli.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="The zip to restore.")],
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Unpack a backup into an empty data folder, checking every byte. Example: agora restore agora.zip --data ./data"""
    from agora.domains.operations.backups.restore import restore_backup
    from agora.kernel.domain import load_domains
    from agora.kernel.migrate import count_steps

    folder = data_folder(load_config(config), data)
    manifest = restore_backup(file, folder, count_steps(load_domains()))
    if as_json:
        print_json({"data": str(folder), "files": len(manifest.members), "created_at": manifest.created_at})
    else:
        typer.echo(f"Restored {len(manifest.members)} files of {manifest.created_at} into {folder}: agora serve starts there.")


def default_path(data: Path, now: datetime) -> Path:
    """Where a backup goes when nobody says so."""
    return data / "backups" / f"agora-{now:%Y%m%d-%H%M%S}.zip"


def _size(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB" if size >= 1 << 20 else f"{size / 1024:.1f} KiB"
