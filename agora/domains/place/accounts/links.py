"""One-time sign-in links: for the owner at the first start, and for who forgot a password. Used once, then worthless."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.place.accounts.model import CredentialKind, NewUser, User
from agora.domains.place.accounts.queries import find_by_digest, find_owner, has_password
from agora.domains.place.accounts.secrets import digest, random_secret
from agora.domains.place.accounts.service import create_user
from agora.domains.place.accounts.sessions import Session, start_session
from agora.domains.place.accounts.users import Users
from agora.domains.place.accounts.writes import do_issue, do_revoke
from agora.kernel.errors import NotFound
from agora.kernel.settings import Server
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx
    from agora.kernel.tx import Tx

LINK_MS = 24 * 60 * 60 * 1000


async def make_link(ctx: Ctx, user_id: int) -> str:
    """The secret of a new link, valid for a day: the page is ``/welcome/{secret}``. Raises NotFound 10013."""
    secret, credential_id = random_secret(CredentialKind.LINK), ctx.app.ids.next()
    expires_at = ctx.app.clock.now_ms() + LINK_MS
    await ctx.write(do_issue, credential_id, user_id, CredentialKind.LINK, "one-time link", digest(secret), expires_at)
    return secret


async def find_link(ctx: Ctx, secret: str) -> User | None:
    """Whom a link signs in; None when it is unknown, used or too old. Looking does not use it up."""
    found = await ctx.read(find_by_digest, digest(secret))
    if found is None or found.kind is not CredentialKind.LINK or not found.is_live(ctx.app.clock.now_ms()):
        return None
    return ctx.app.get(Users).get(found.user_id)


async def take_link(ctx: Ctx, secret: str, label: str = "") -> Session:
    """Use a link up and start a browser session. Raises NotFound 10012 when it is unknown, used or too old."""
    user_id = await ctx.write(do_take_link, secret)
    return await start_session(ctx, user_id, label)


def do_take_link(tx: Tx, secret: str) -> int:
    """End the link; only one of two who come at the same moment gets in."""
    found = find_by_digest(tx, digest(secret))
    if found is None or found.kind is not CredentialKind.LINK or not do_revoke(tx, found):
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_TOKEN], code=ErrorCode.UNKNOWN_TOKEN)
    return found.user_id


async def first_owner(ctx: Ctx) -> str | None:
    """At the first start: make the owner and say where to sign in.

    An owner who has a password (``agora user add --owner``) needs no link; one without gets one, also when a crash came
    between making them and telling.
    """
    owner = await ctx.read(find_owner)
    if owner is None:
        owner = await create_user(ctx, NewUser(username="owner", owner=True))
    elif await ctx.read(has_password, owner.id):
        return None
    # the terminal knows the address only when the port is open, and fills it in
    return f"Sign in once as the owner: {{url}}/welcome/{await make_link(ctx, owner.id)}"


def build_link(ctx: Ctx, secret: str) -> str:
    """The link as one opens it on this machine."""
    server = ctx.app.config.get(Server)
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"http://{host}:{server.port}/welcome/{secret}"
