"""``agora doctor --self``: the program keeps its own rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from agora.domains.operations.doctor.contracts import find_contract_breaks
from agora.domains.operations.doctor.finding import Finding, failed, ok
from agora.domains.operations.doctor.routes import find_route_faults
from agora.domains.operations.doctor.schema import find_schema_faults
from agora.domains.operations.doctor.sizes import find_long_files
from agora.domains.operations.doctor.texts import find_text_faults
from agora.gateway import ROUTES as GATEWAY_ROUTES
from agora.kernel.domain import Domain
from agora.kernel.http import Route
from agora.kernel.i18n import load_texts, text_folders
from agora.web import ROUTES as WEB_ROUTES


def list_routes(domains: Iterable[Domain]) -> list[Route]:
    """All routes of a server."""
    return [*WEB_ROUTES, *GATEWAY_ROUTES, *(route for d in domains for route in (*d.routes, *d.pages))]


def check_self(root: Path, domains: Sequence[Domain]) -> list[Finding]:
    """All rules; one finding for each break, or one that says that the rule is kept."""
    checks: tuple[tuple[str, str, Callable[[], list[str]]], ...] = (
        ("contracts", "every import between domains is declared", lambda: find_contract_breaks(root / "agora" / "domains")),
        ("routes", "every route is documented", lambda: find_route_faults(list_routes(domains))),
        ("texts", "every text is there in every language", lambda: find_text_faults(load_texts(text_folders(domains)), root)),
        ("schema", "migrations make what tables.py says", lambda: find_schema_faults(domains)),
        ("sizes", "no file is longer than 500 lines", lambda: find_long_files(root)),
    )
    findings = []
    for name, rule, find in checks:
        faults = find()
        findings += [failed(name, fault, "") for fault in faults] or [ok(name, rule)]
    return findings
