"""What the commands of all domains share: their options, the settings, and the app opened without serving.

A command is plain and synchronous: ``run(do_it, config, data)`` opens the app, awaits ``do_it(app)`` and closes it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
import typer

from agora.kernel.config import Config
from agora.kernel.domain import load_domains
from agora.kernel.settings import Server, all_sections

if TYPE_CHECKING:
    from agora.kernel.app import App

T = TypeVar("T")
Opener = Callable[[Path | None, Path | None], "AbstractAsyncContextManager[App]"]

ROOT = Path(__file__).resolve().parent.parent.parent

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The configuration file (default: agora.toml).")]
DataOption = Annotated[Path | None, typer.Option("--data", help="The data folder (default: data beside agora.toml).")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

_openers: list[Opener] = []


def use_opener(opener: Opener) -> None:
    """Told once by the command line how to open an app: the kernel and the domains do not know the composition root."""
    _openers[:] = [opener]


def run(fn: Callable[[App], Awaitable[T]], config: Path | None, data: Path | None) -> T:
    """Open the app (beside a running server or alone), await ``fn(app)``, close it; gives what ``fn`` gave."""

    async def opened() -> T:
        async with _openers[0](config, data) as app:
            return await fn(app)

    return asyncio.run(opened())


def find_config_path(path: Path | None) -> Path | None:
    """The file named, or ``agora.toml`` in the program's folder; None when there is none."""
    if path is None and (ROOT / "agora.toml").is_file():
        return ROOT / "agora.toml"
    return path


def load_config(path: Path | None, flags: Mapping[str, Any] | None = None) -> Config:
    """The settings. Raises SetupError."""
    return Config.load(find_config_path(path), os.environ, flags or {}, all_sections(load_domains()))


def data_folder(config: Config, data: Path | None) -> Path:
    """The data folder: the one named, or the one of the settings."""
    return data or config.folder() / config.get(Server).data


def print_json(value: Any) -> None:
    """Two-space JSON on standard output."""
    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
