"""The table of contents of backups."""

from agora.domains.operations.backups import http
from agora.kernel.domain import Domain, commands_in

USES: tuple[str, ...] = ()
DOMAIN = Domain(name="backups", routes=http.ROUTES, cli=commands_in("agora.domains.operations.backups.cli"))
