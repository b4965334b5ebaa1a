"""``USES`` of every domain against its real imports, as a contract of import-linter."""

from __future__ import annotations

from pathlib import Path

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output

from agora.domains.operations.doctor.contracts import find_contract_breaks

DOMAINS = Path(__file__).resolve().parents[2] / "agora" / "domains"


class UsesContract(Contract):
    """The same rule that ``agora doctor --self`` checks, so that ``make lint`` names the offender too."""

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Reads the sources itself: the graph does not know which names are a domain's face."""
        breaks = find_contract_breaks(DOMAINS)
        return ContractCheck(kept=not breaks, metadata={"breaks": breaks})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each break."""
        for line in check.metadata["breaks"]:
            output.print_error(line, bold=False)
