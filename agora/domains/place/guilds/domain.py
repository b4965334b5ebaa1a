"""Guilds: the table of contents."""

from typing import TYPE_CHECKING

from agora.domains.place.accounts import User, UserStep
from agora.domains.place.guilds import chunks, dispatches, events, http, listeners, migrations, pages, tables
from agora.domains.place.guilds.queries import list_icons, list_open_guilds, load_guilds
from agora.domains.place.guilds.settings import ChatSettings
from agora.domains.place.guilds.writes import do_add_member
from agora.domains.place.permissions import FactsSource
from agora.kernel.domain import Domain
from agora.kernel.files import Keeps

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

USES = ("accounts", "permissions")


def do_join_open(tx: "Tx", user: User) -> None:
    """A new person joins the open communities; bots are put where they are wanted."""
    if user.bot or not tx.app.config.get(ChatSettings).open_guild:
        return
    for guild_id in list_open_guilds(tx):
        do_add_member(tx, guild_id, user.id, by="open")


DOMAIN = Domain(
    name="guilds",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    pages=pages.ROUTES,
    settings={"chat": ChatSettings},
    listeners=listeners.LISTENERS,
    offers=(FactsSource(load_guilds), Keeps(list_icons), UserStep(do_join_open), *dispatches.OFFERS, *chunks.OFFERS),
)
