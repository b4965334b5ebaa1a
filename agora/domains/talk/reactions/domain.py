"""Reactions: emoji under messages."""

from agora.domains.talk.messages import Forget, ReactionsOf
from agora.domains.talk.reactions import dispatch, events, http, migrations, tables
from agora.domains.talk.reactions.queries import list_for
from agora.domains.talk.reactions.writes import do_forget
from agora.kernel.domain import Domain

USES = ("accounts", "expressions", "messages")

DOMAIN = Domain(
    name="reactions",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    offers=(ReactionsOf(list_for), Forget(do_forget), *dispatch.ALL),
)
