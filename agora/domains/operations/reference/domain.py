"""The table of contents of the reference."""

from agora.domains.operations.reference import http
from agora.kernel.domain import Domain, commands_in

USES: tuple[str, ...] = ()
DOMAIN = Domain(
    name="reference", routes=http.ROUTES, cli=commands_in("agora.domains.operations.reference.cli"), lifetime=http.open_reference
)
