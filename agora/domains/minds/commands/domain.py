"""The server's own commands about agents."""

from __future__ import annotations

from agora.domains.minds.commands import agent, ask, summary
from agora.kernel.domain import Domain

USES = ("accounts", "permissions", "interactions", "messages", "models", "agents", "digests")

DOMAIN = Domain(name="commands", offers=(agent.COMMAND, ask.COMMAND, summary.COMMAND))
