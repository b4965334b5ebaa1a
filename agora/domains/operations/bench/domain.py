"""The table of contents of the benchmarks."""

from agora.kernel.domain import Domain, commands_in

USES: tuple[str, ...] = ()
DOMAIN = Domain(name="bench", cli=commands_in("agora.domains.operations.bench.cli"))
