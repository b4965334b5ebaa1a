"""The table of contents of administration."""

from agora.domains.operations.admin import http, pages
from agora.kernel.domain import Domain, commands_in

USES: tuple[str, ...] = ()
DOMAIN = Domain(
    name="admin", routes=http.ROUTES, pages=pages.ROUTES, cli=commands_in("agora.domains.operations.admin.cli"), offers=(pages.NAV,)
)
