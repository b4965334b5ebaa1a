"""The table of contents of the reference."""

from agora.domains.operations.reference import http
from agora.kernel.domain import Domain

USES: tuple[str, ...] = ()
DOMAIN = Domain(name="reference", routes=http.ROUTES, lifetime=http.open_reference)
