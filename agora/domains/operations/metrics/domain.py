"""The table of contents of metrics."""

from agora.domains.operations.metrics import http, readings
from agora.kernel.domain import Domain

USES: tuple[str, ...] = ()
DOMAIN = Domain(name="metrics", routes=http.ROUTES, metrics=readings.ALL)
