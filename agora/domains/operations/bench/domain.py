"""The table of contents of the benchmarks."""

import typer

from agora.kernel.domain import Domain

USES: tuple[str, ...] = ()


def build_cli() -> typer.Typer:
    """The commands ``agora bench …``, imported only when somebody asks for them."""
    from agora.domains.operations.bench.cli import cli

    return cli


DOMAIN = Domain(name="bench", cli=build_cli)
