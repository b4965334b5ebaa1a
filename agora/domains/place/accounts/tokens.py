"""Tokens for scripts, clients and bots: made once, shown once, listed and revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.place.accounts.model import Credential, CredentialKind
from agora.domains.place.accounts.queries import find_credential, list_credentials
from agora.domains.place.accounts.secrets import Claims, Signer, digest, random_secret
from agora.domains.place.accounts.settings import SecuritySettings
from agora.domains.place.accounts.users import Users
from agora.domains.place.accounts.writes import do_issue, do_revoke
from agora.kernel.errors import NotFound, invalid
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

DAY_MS = 24 * 60 * 60 * 1000
MAX_LABEL = 100


async def issue_token(ctx: Ctx, user_id: int, label: str) -> str:
    """A new token of a person (a JWT that ends after ``[security] token_days``) or a bot (without end).

    It is returned this once and never stored. Raises NotFound 10013.
    """
    user = ctx.app.get(Users).get(user_id)
    if user is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_USER], code=ErrorCode.UNKNOWN_USER)
    if len(label) > MAX_LABEL:
        raise invalid("label", f"Must be {MAX_LABEL} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    now, credential_id = ctx.app.clock.now_ms(), ctx.app.ids.next()
    days = 0 if user.bot else ctx.app.config.get(SecuritySettings).token_days
    expires_at = now + days * DAY_MS if days else None
    if user.bot:
        kind, token = CredentialKind.BOT, random_secret(CredentialKind.BOT)
    else:
        kind = CredentialKind.USER
        claims = Claims(credential_id, user_id, kind.value, expires_at // 1000 if expires_at else 0)
        token = ctx.app.get(Signer).sign(claims, now)
    await ctx.write(do_issue, credential_id, user_id, kind, label, digest(token), expires_at)
    return token


async def list_tokens(ctx: Ctx, user_id: int) -> list[Credential]:
    """The live tokens, sessions and links of a user, oldest first."""
    return await ctx.read(list_credentials, user_id)


async def revoke_token(ctx: Ctx, credential_id: int) -> None:
    """End one of the actor's own credentials, a bot's of theirs, or as the server's owner any.

    Raises NotFound 10012 for all others. It is refused at once, also where it was used a moment ago.
    """
    found = await ctx.read(find_credential, credential_id)
    if found is None or not _may_revoke(ctx, found) or not await ctx.write(do_revoke, found):
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_TOKEN], code=ErrorCode.UNKNOWN_TOKEN)


def _may_revoke(ctx: Ctx, found: Credential) -> bool:
    if ctx.actor.is_owner or found.user_id == ctx.actor.user_id:
        return True
    user = ctx.app.get(Users).get(found.user_id)
    return user is not None and user.bot and user.creator_id == ctx.actor.user_id
