"""The table of contents of the reference."""

from agora.domains.operations.reference import cli, http
from agora.kernel.domain import Domain

USES: tuple[str, ...] = ()
DOMAIN = Domain(name="reference", routes=http.ROUTES, cli=cli.app, lifetime=http.open_reference)
