"""Templates: the table of contents."""

from agora.domains.place.guilds import GuildStep
from agora.domains.place.templates import audit, events, http, migrations, tables
from agora.domains.place.templates.writes import do_end_guild
from agora.kernel.domain import Domain, durable

USES = ("accounts", "permissions", "guilds", "channels", "audit")

DOMAIN = Domain(
    name="templates",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    listeners=(durable("templates.audit", events.ALL, audit.on_acts),),
    offers=(GuildStep(deleted=do_end_guild),),
)
