"""REST of accounts: registering, signing in, oneself and others, tokens."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.place.accounts import pictures, service, sessions, tokens
from agora.domains.place.accounts.wire import build_credential, build_own_user, build_user
from agora.kernel.access import ANYONE
from agora.kernel.errors import Forbidden, invalid
from agora.kernel.http import Bucket, Request, Route
from agora.protocol import payloads
from agora.protocol.error_codes import MESSAGES, ErrorCode

SIGN_IN = Bucket("accounts.sign_in", 30, 60.0)
REGISTER = Bucket("accounts.register", 20, 60.0)
EDIT = Bucket("accounts.edit", 10, 60.0)


class RegisterBody(msgspec.Struct, frozen=True):
    """``login`` and ``username`` mean the same; Discord's clients send the latter."""

    password: str
    login: str | None = None
    username: str | None = None
    global_name: str | None = None
    locale: str | None = None


class LoginBody(msgspec.Struct, frozen=True):
    """Name and password."""

    login: str
    password: str


class SignedIn(msgspec.Struct, frozen=True):
    """A fresh token, shown this once."""

    token: str
    user_id: str


class EditBody(msgspec.Struct, frozen=True):
    """``avatar`` is a data URI or null; ``new_password`` needs ``password``."""

    username: str | UnsetType = UNSET
    global_name: str | UnsetType | None = UNSET
    avatar: str | UnsetType | None = UNSET
    locale: str | UnsetType = UNSET
    password: str | UnsetType = UNSET
    new_password: str | UnsetType = UNSET


class TokenBody(msgspec.Struct, frozen=True):
    """What the token is for, in one's own words."""

    label: str = ""


async def register(request: Request) -> SignedIn:
    """Make an account and sign in at once."""
    body: RegisterBody = request.body
    name = body.username or body.login
    if not name:
        raise invalid("login", "This field is required", "BASE_TYPE_REQUIRED")
    user = await service.register(request.ctx, name, body.password, global_name=body.global_name, locale=body.locale)
    token = await tokens.issue_token(request.ctx, user.id, "registration")
    return SignedIn(token, str(user.id))


async def login(request: Request) -> SignedIn:
    """Name and password for a token."""
    body: LoginBody = request.body
    user = await sessions.check_password(request.ctx, body.login, body.password, request.http.remote or "")
    return SignedIn(await tokens.issue_token(request.ctx, user.id, "login"), str(user.id))


async def get_me(request: Request) -> payloads.OwnUser:
    """Oneself."""
    return build_own_user(service.get_user(request.ctx, request.ctx.actor.user_id))


async def edit_me(request: Request) -> payloads.OwnUser:
    """Change oneself; the new password first, because it is the part that can be refused."""
    body: EditBody = request.body
    ctx = request.ctx
    if body.new_password is not UNSET:
        _check_person(request)
        old = None if body.password is UNSET else body.password
        await service.change_password(ctx, ctx.actor.user_id, body.new_password, old=old)
    picture: bytes | UnsetType | None = UNSET
    if body.avatar is None or body.avatar is UNSET:
        picture = body.avatar
    else:
        picture = pictures.read_data_uri(body.avatar)
    edit = service.UserEdit(username=body.username, global_name=body.global_name, picture=picture, locale=body.locale)
    return build_own_user(await service.edit_user(ctx, ctx.actor.user_id, edit))


async def get_user(request: Request) -> payloads.User:
    """Anybody."""
    return build_user(service.get_user(request.ctx, request.id("user_id")))


async def make_page_token(request: Request) -> dict[str, str]:
    """What the page connects to the gateway with."""
    return {"token": sessions.page_token(request.ctx)}


async def list_tokens(request: Request) -> dict[str, Any]:
    """One's own tokens, sessions and links."""
    actor = request.ctx.actor
    found = await tokens.list_tokens(request.ctx, actor.user_id)
    return {"items": [build_credential(each, actor.credential_id) for each in found], "next": None}


async def make_token(request: Request) -> SignedIn:
    """One more token of one's own."""
    _check_person(request)
    user_id = request.ctx.actor.user_id
    return SignedIn(await tokens.issue_token(request.ctx, user_id, request.body.label), str(user_id))


async def revoke_token(request: Request) -> None:
    """End a token, session or link."""
    await tokens.revoke_token(request.ctx, request.id("token_id"))


def _check_person(request: Request) -> None:
    if request.ctx.actor.is_bot:
        raise Forbidden(MESSAGES[ErrorCode.BOTS_CANNOT_USE_ENDPOINT], code=ErrorCode.BOTS_CANNOT_USE_ENDPOINT)


ROUTES = (
    Route(
        method="POST",
        path="/api/v10/auth/register",
        handler=register,
        summary="Make an account and get a token.",
        access=ANYONE,
        body=RegisterBody,
        answer=SignedIn,
        bucket=REGISTER,
        status=201,
    ),
    Route(
        method="POST",
        path="/api/v10/auth/login",
        handler=login,
        summary="Get a token for a name and password.",
        access=ANYONE,
        body=LoginBody,
        answer=SignedIn,
        bucket=SIGN_IN,
    ),
    Route(
        method="GET",
        path="/api/v10/users/@me",
        handler=get_me,
        summary="The account that calls.",
        answer=payloads.OwnUser,
    ),
    Route(
        method="PATCH",
        path="/api/v10/users/@me",
        handler=edit_me,
        summary="Change name, picture, language or password of the account that calls.",
        body=EditBody,
        answer=payloads.OwnUser,
        bucket=EDIT,
        max_body=4 << 20,
    ),
    Route(
        method="GET",
        path="/api/v10/users/{user_id}",
        handler=get_user,
        summary="An account.",
        answer=payloads.User,
    ),
    Route(
        method="POST",
        path="/api/agora/session/token",
        handler=make_page_token,
        summary="A token for two minutes that stands for the browser's session, for the gateway.",
    ),
    Route(
        method="GET",
        path="/api/agora/tokens",
        handler=list_tokens,
        summary="The caller's live tokens, sessions and links.",
    ),
    Route(
        method="POST",
        path="/api/agora/tokens",
        handler=make_token,
        summary="One more token of the caller.",
        body=TokenBody,
        answer=SignedIn,
        status=201,
        bucket=EDIT,
    ),
    Route(
        method="DELETE",
        path="/api/agora/tokens/{token_id}",
        handler=revoke_token,
        summary="End one of the caller's tokens, sessions or links, or one of their bots'.",
        status=204,
    ),
    *pictures.ROUTES,
)
