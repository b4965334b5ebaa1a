"""Training: the pipeline that writes the starter model. It runs by command only, never inside the server."""

from agora.domains.insight.training import cli
from agora.kernel.domain import Domain

USES = ()
DOMAIN = Domain(name="training", cli=cli.app)
