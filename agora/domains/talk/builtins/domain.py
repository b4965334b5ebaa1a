"""The server's own commands for talking."""

from __future__ import annotations

from agora.domains.talk.builtins import poll, remind, search
from agora.kernel.domain import Domain
from agora.kernel.jobs import Worker

USES = ("interactions", "messages", "search")

DOMAIN = Domain(
    name="builtins",
    offers=(remind.COMMAND, poll.COMMAND, search.COMMAND, Worker(remind.JOB, remind.Reminder, remind.tell)),
)
