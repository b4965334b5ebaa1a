"""Making and changing accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.place.accounts.model import NewUser, User
from agora.domains.place.accounts.names import check_global_name, check_username, name_key
from agora.domains.place.accounts.passwords import Passwords
from agora.domains.place.accounts.pictures import store_picture
from agora.domains.place.accounts.queries import find_password
from agora.domains.place.accounts.settings import SecuritySettings
from agora.domains.place.accounts.users import Users
from agora.domains.place.accounts.writes import do_create_user, do_edit_user, do_set_password
from agora.kernel.errors import Forbidden, NotFound, invalid
from agora.kernel.i18n import texts
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

__all__ = ["UserEdit", "change_password", "create_user", "do_create_user", "edit_user", "get_user", "register"]


class UserEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What may change about an account; ``picture`` are the bytes of an image, None takes it away."""

    username: str | UnsetType = UNSET
    global_name: str | UnsetType | None = UNSET
    picture: bytes | UnsetType | None = UNSET
    locale: str | UnsetType = UNSET


def get_user(ctx: Ctx, user_id: int) -> User:
    """An account. Raises NotFound 10013."""
    user = ctx.app.get(Users).get(user_id)
    if user is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_USER], code=ErrorCode.UNKNOWN_USER)
    return user


async def create_user(ctx: Ctx, new: NewUser) -> User:
    """Store the picture, make the account. Raises BadRequest when the name is bad or taken."""
    if new.picture is not None:
        new = msgspec.structs.replace(new, avatar=await store_picture(ctx, new.picture), picture=None)
    return await ctx.write(do_create_user, new)


async def register(ctx: Ctx, username: str, password: str, *, global_name: str | None = None, locale: str | None = None) -> User:
    """A person makes an account of their own. Raises Forbidden when registration is closed, BadRequest on bad input."""
    if not ctx.app.config.get(SecuritySettings).open_registration:
        raise Forbidden("Registration is closed: ask the owner of this server for an account.")
    passwords = ctx.app.get(Passwords)
    passwords.check(password)
    check_username(username)
    if ctx.app.get(Users).by_name(username) is not None:
        raise invalid("username", "This username is already taken.", "USERNAME_ALREADY_TAKEN")
    new = NewUser(
        username=username,
        global_name=global_name,
        password_hash=await passwords.hash(password),
        locale=_known_locale(locale or ctx.locale),
    )
    return await ctx.write(do_create_user, new)


async def edit_user(ctx: Ctx, user_id: int, edit: UserEdit) -> User:
    """Change an account; whoever calls has checked that the actor may. Raises NotFound 10013, BadRequest."""
    changes: dict[str, str | None] = {}
    if edit.username is not UNSET:
        changes["username"] = check_username(edit.username)
    if edit.global_name is not UNSET:
        changes["global_name"] = check_global_name(edit.global_name)
    if edit.locale is not UNSET:
        changes["locale"] = _known_locale(edit.locale)
    if edit.picture is not UNSET:
        changes["avatar"] = None if edit.picture is None else await store_picture(ctx, edit.picture)
    return await ctx.write(do_edit_user, user_id, changes)


async def change_password(ctx: Ctx, user_id: int, new: str, *, old: str | None = None, known: bool = False) -> None:
    """Set a password and end the account's other sign-ins. ``known`` says that the actor proved who they are otherwise
    (a one-time link, the command line); else ``old`` must be right. Raises BadRequest on ``password``.
    """
    passwords, user = ctx.app.get(Passwords), get_user(ctx, user_id)
    passwords.check(new)
    if not known:
        found = await ctx.read(find_password, name_key(user.username))
        stored = found[1] if found is not None else None
        # an account without a password (made by a link) may get its first one
        if stored is not None and not await passwords.verify(stored, old or ""):
            raise invalid("password", "Password does not match.", "PASSWORD_DOES_NOT_MATCH")
    await ctx.write(do_set_password, user_id, await passwords.hash(new), keep=ctx.actor.credential_id)


def _known_locale(locale: str) -> str:
    """``fr-FR`` and ``fr`` are ``fr``; an unknown language is refused on the field ``locale``."""
    short = locale.replace("_", "-").partition("-")[0].lower()
    if short not in (texts().locales or ("en",)):
        raise invalid("locale", f"Must be one of {', '.join(texts().locales)}.", "BASE_TYPE_CHOICES")
    return short
