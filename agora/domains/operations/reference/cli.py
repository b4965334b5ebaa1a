"""``agora reference``: pages of the documentation that are made from the routes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from agora.domains.operations.reference.paths import Row, build_rows, build_table, read_description, read_table
from agora.gateway import ROUTES as GATEWAY_ROUTES
from agora.kernel.commands import JsonOption, print_json
from agora.kernel.domain import load_domains
from agora.kernel.errors import SetupError
from agora.kernel.http import Route
from agora.kernel.sources import ROOT

cli = typer.Typer(name="reference", help="Documentation that is made from the routes.", no_args_is_help=True)
PAGE = ROOT / "docs" / "api-paths.md"


@cli.callback()
def about() -> None:
    """Documentation that is made from the routes. Example: agora reference paths"""


@cli.command("paths")
def paths(
    description: Annotated[
        Path | None, typer.Option(help="Discord's description (default: the paths that the page already lists).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write docs/api-paths.md: each of Discord's paths, answered or why not. Example: agora reference paths"""
    rows = build_rows(_described(description), all_routes())
    if as_json:
        print_json([msgspec.structs.asdict(row) | {"state": row.state, "why": row.why} for row in rows])
        return
    PAGE.write_text(build_table(rows), encoding="utf-8")
    typer.echo(f"{len(rows)} paths, {_count(rows)} answered whole: {PAGE.relative_to(ROOT)}")


def all_routes() -> list[Route]:
    """Every route of this program."""
    return [*GATEWAY_ROUTES, *(route for domain in load_domains() for route in domain.routes)]


def _described(description: Path | None) -> dict[str, tuple[str, ...]]:
    try:
        if description is not None:
            return read_description(msgspec.json.decode(description.read_bytes()))
        return read_table(PAGE.read_text(encoding="utf-8"))
    except (OSError, msgspec.DecodeError, KeyError, TypeError) as error:
        raise SetupError(
            f"{description or PAGE} cannot be read ({error}): name Discord's openapi.json with --description."
        ) from error


def _count(rows: list[Row]) -> int:
    return sum(row.state == "yes" for row in rows)
