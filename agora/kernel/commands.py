"""What the commands of all domains share: their options, and the app opened without serving.

A command is plain and synchronous: ``run(do_it, config, data)`` opens the app, awaits ``do_it(app)`` and closes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
import typer

if TYPE_CHECKING:
    from agora.kernel.app import App

T = TypeVar("T")
Opener = Callable[[Path | None, Path | None], "AbstractAsyncContextManager[App]"]

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


def print_json(value: Any) -> None:
    """Two-space JSON on standard output."""
    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
