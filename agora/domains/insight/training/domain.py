"""Training: the pipeline that writes the starter model. It runs by command only, never inside the server."""

from agora.kernel.domain import Domain, commands_in

USES = ()
DOMAIN = Domain(name="training", cli=commands_in("agora.domains.insight.training.cli"))
