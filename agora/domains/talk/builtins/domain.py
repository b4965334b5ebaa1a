"""The server's own commands for talking."""

from __future__ import annotations

from agora.domains.talk.builtins import http, poll, remind, reminders, search
from agora.kernel.domain import Domain
from agora.kernel.jobs import Worker

USES = ("permissions", "interactions", "messages", "search")

DOMAIN = Domain(
    name="builtins",
    routes=http.ROUTES,
    offers=(
        remind.COMMAND,
        reminders.COMMAND,
        poll.COMMAND,
        search.COMMAND,
        Worker(remind.JOB, remind.Reminder, remind.tell),
    ),
)
