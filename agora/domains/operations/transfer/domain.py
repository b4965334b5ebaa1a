"""Transfers: the table of contents."""

from __future__ import annotations

from agora.domains.operations.transfer import audit, events, http, migrations, pages, tables
from agora.domains.operations.transfer.jobs import run_export, run_import, tidy
from agora.domains.operations.transfer.model import Run
from agora.domains.operations.transfer.settings import TransferSettings
from agora.domains.operations.transfer.writes import EXPORT, IMPORT
from agora.kernel.domain import Domain, commands_in, durable, every
from agora.kernel.jobs import Worker

USES = ("accounts", "permissions", "guilds", "channels", "audit", "files", "expressions", "messages", "reactions")

DOMAIN = Domain(
    name="transfer",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    pages=pages.ROUTES,
    settings={"transfer": TransferSettings},
    cli=commands_in("agora.domains.operations.transfer.cli"),
    listeners=(durable("transfer.audit", audit.EVENTS, audit.on_acts),),
    jobs=(every("1d", tidy),),
    offers=(pages.NAV, Worker(EXPORT, Run, run_export, tries=3), Worker(IMPORT, Run, run_import, tries=3)),
)
