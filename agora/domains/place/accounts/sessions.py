"""Signing in: passwords for people, cookies for browsers, and short-lived tokens for the page's gateway connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from agora.domains.place.accounts.model import CredentialKind, User
from agora.domains.place.accounts.names import name_key
from agora.domains.place.accounts.passwords import Passwords
from agora.domains.place.accounts.queries import find_credential, find_password
from agora.domains.place.accounts.secrets import PAGE, Claims, Signer, digest, random_secret
from agora.domains.place.accounts.settings import SecuritySettings
from agora.domains.place.accounts.throttle import Throttle
from agora.domains.place.accounts.tokens import DAY_MS
from agora.domains.place.accounts.writes import do_issue, do_rehash, do_revoke
from agora.kernel.auth import SESSION_COOKIE
from agora.kernel.errors import BadRequest, Forbidden
from agora.kernel.http import Cookie
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

# Long enough for a slow connection, short enough that a leaked one is worthless.
PAGE_TOKEN_S = 120
MAX_LABEL = 100


class Session(msgspec.Struct, frozen=True):
    """A browser's sign-in: set ``cookie`` on the answer."""

    user_id: int
    cookie: Cookie


SIGNED_OUT = Cookie(SESSION_COOKIE, "")
"""Set on the answer that signs a browser out."""


async def check_password(ctx: Ctx, login: str, password: str, address: str = "") -> User:
    """The person with this name and password.

    Raises BadRequest (the same for a wrong name and a wrong password), and RateLimited after several failures.
    """
    key = name_key(login.strip())
    throttle, passwords = ctx.app.get(Throttle), ctx.app.get(Passwords)
    throttle.check(key, address)
    found = await ctx.read(find_password, key)
    password_hash = found[1] if found is not None and not found[0].bot else None
    if not await passwords.verify(password_hash, password):
        throttle.fail(key, address)
        wrong = {"_errors": [{"code": "INVALID_LOGIN", "message": "Login or password is invalid."}]}
        raise BadRequest("Invalid Form Body", errors={"login": wrong, "password": wrong})
    throttle.succeed(key)
    assert found is not None and password_hash is not None
    if passwords.is_outdated(password_hash):
        await ctx.write(do_rehash, found[0].id, await passwords.hash(password))
    return found[0]


async def sign_in(ctx: Ctx, login: str, password: str, address: str = "", label: str = "") -> Session:
    """Check name and password and start a browser session. Raises as ``check_password``."""
    user = await check_password(ctx, login, password, address)
    return await start_session(ctx, user.id, label)


async def start_session(ctx: Ctx, user_id: int, label: str = "") -> Session:
    """A new browser session; ``label`` tells people which (the browser's name)."""
    days = ctx.app.config.get(SecuritySettings).session_days
    secret, credential_id = random_secret(CredentialKind.SESSION), ctx.app.ids.next()
    expires_at = ctx.app.clock.now_ms() + days * DAY_MS
    await ctx.write(do_issue, credential_id, user_id, CredentialKind.SESSION, label[:MAX_LABEL], digest(secret), expires_at)
    return Session(user_id, Cookie(SESSION_COOKIE, secret, days * DAY_MS // 1000))


async def end_session(ctx: Ctx) -> Cookie:
    """Sign the actor's browser out; the returned cookie deletes theirs."""
    found = await ctx.read(find_credential, ctx.actor.credential_id)
    if found is not None and found.user_id == ctx.actor.user_id:
        await ctx.write(do_revoke, found)
    return SIGNED_OUT


def page_token(ctx: Ctx) -> str:
    """A token for two minutes that stands for the actor's browser session and ends with it. Raises Forbidden without one."""
    if ctx.actor.via != "cookie":
        raise Forbidden(MESSAGES[ErrorCode.INVALID_ACCOUNT_TYPE], code=ErrorCode.INVALID_ACCOUNT_TYPE)
    now = ctx.app.clock.now_ms()
    claims = Claims(ctx.actor.credential_id, ctx.actor.user_id, PAGE, now // 1000 + PAGE_TOKEN_S)
    return ctx.app.get(Signer).sign(claims, now)
