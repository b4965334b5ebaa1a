"""Accounts: the table of contents."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from agora.domains.place.accounts import events, http, migrations, pages, tables
from agora.domains.place.accounts.doorkeeper import Doorkeeper
from agora.domains.place.accounts.jobs import prune
from agora.domains.place.accounts.links import first_owner
from agora.domains.place.accounts.listeners import LISTENERS, OFFERS
from agora.domains.place.accounts.passwords import Passwords
from agora.domains.place.accounts.queries import list_pictures, list_users
from agora.domains.place.accounts.secrets import Signer
from agora.domains.place.accounts.settings import SecuritySettings
from agora.domains.place.accounts.throttle import Throttle
from agora.domains.place.accounts.users import Users
from agora.kernel.auth import Authenticator
from agora.kernel.domain import Domain, commands_in, every
from agora.kernel.files import Keeps
from agora.kernel.firststart import FirstStart
from agora.kernel.secrets import Secrets

if TYPE_CHECKING:
    from agora.kernel.app import App

USES: tuple[str, ...] = ()


async def open_accounts(app: "App") -> AsyncIterator[None]:
    """Everybody into memory, and the parts that know who calls."""
    users = Users(await app.db.read(list_users))
    signer = Signer(app.get(Secrets))
    doorkeeper = Doorkeeper(app, users, signer)
    app.put(Users, users)
    app.put(Signer, signer)
    app.put(Passwords, Passwords(app.config.get(SecuritySettings)))
    app.put(Throttle, Throttle(app.clock))
    app.put(Doorkeeper, doorkeeper)
    app.put(Authenticator, doorkeeper)
    yield


DOMAIN = Domain(
    name="accounts",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    pages=pages.ROUTES,
    settings={"security": SecuritySettings},
    cli=commands_in("agora.domains.place.accounts.cli"),
    listeners=LISTENERS,
    jobs=(every("1d", prune),),
    offers=(*OFFERS, pages.NAV, Keeps(list_pictures), FirstStart("accounts.owner", first_owner)),
    lifetime=open_accounts,
)
