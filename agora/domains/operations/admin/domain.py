"""The table of contents of administration."""

from agora.domains.operations.admin import cli, http, pages
from agora.kernel.domain import Domain

USES: tuple[str, ...] = ()
DOMAIN = Domain(name="admin", routes=http.ROUTES, pages=pages.ROUTES, cli=cli.app, offers=(pages.NAV,))
