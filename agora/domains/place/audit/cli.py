"""``agora audit verify``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import typer

from agora.domains.place.audit.queries import check_chain
from agora.kernel.commands import ConfigOption, DataOption, JsonOption, run

if TYPE_CHECKING:
    from agora.domains.place.audit.chain import Verdict
    from agora.kernel.app import App

cli = typer.Typer(name="audit", help="The log of privileged acts.", no_args_is_help=True)


@cli.callback()
def group() -> None:
    """The log of privileged acts. Example: agora audit verify"""


@cli.command("verify")
def verify(
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Check that no entry was changed or removed. Example: agora audit verify --data ./data"""

    async def check(opened: App) -> Verdict:
        return await opened.db.read(check_chain)

    verdict = run(check, config, data)
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
