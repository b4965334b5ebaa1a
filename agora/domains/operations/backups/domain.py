"""The table of contents of backups."""

from agora.domains.operations.backups import cli, http
from agora.kernel.domain import Domain

USES: tuple[str, ...] = ()
DOMAIN = Domain(name="backups", routes=http.ROUTES, cli=cli.app)
