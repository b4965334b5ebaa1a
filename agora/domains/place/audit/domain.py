"""Audit: the table of contents."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agora.domains.place.audit import dispatches, drafts, events, http, migrations, tables
from agora.domains.place.audit.writes import do_append
from agora.kernel.domain import Domain, Effect, commands_in, durable

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx
    from agora.kernel.events import Recorded

USES = ("accounts", "permissions", "guilds", "channels")


async def on_acts(ctx: "Ctx", batch: "Sequence[Recorded]") -> Effect:
    """Write them down in the same write that moves the cursor: each exactly once."""
    return lambda tx: do_append(tx, batch)


DOMAIN = Domain(
    name="audit",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    cli=commands_in("agora.domains.place.audit.cli"),
    listeners=(durable("audit.entries", drafts.EVENTS, on_acts),),
    offers=dispatches.ALL,
)
