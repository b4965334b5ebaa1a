"""``agora audit verify``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

if TYPE_CHECKING:
    from agora.domains.place.audit.chain import Verdict

app = typer.Typer(name="audit", help="The log of privileged acts.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The log of privileged acts. Example: agora audit verify"""


@app.command("verify")
def verify(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Annotated[Path | None, typer.Option("--config", help="The configuration file (default: agora.toml).")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="The data folder (default: data beside agora.toml).")] = None,
) -> None:
    """Check that no entry was changed or removed. Example: agora audit verify --data ./data"""

    async def run() -> Verdict:
        from agora.app import open_app
        from agora.domains.place.audit.queries import check_chain

        async with open_app(config, data) as opened:
            return await opened.db.read(check_chain)

    verdict = asyncio.run(run())
    if as_json:
        typer.echo(msgspec.json.encode(verdict).decode())
    elif verdict.broken_at is None:
        typer.echo(f"The audit log is whole: {verdict.entries} entries, the last hash is {verdict.head}.")
    else:
        typer.echo(
            f"The audit log is broken at entry {verdict.broken_at}: {verdict.why}. "
            "Compare it with a backup: agora restore BACKUP --data ANOTHER-FOLDER.",
            err=True,
        )
    if verdict.broken_at is not None:
        raise typer.Exit(1)
