"""Accounts as Discord writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agora.domains.place.accounts.applications import owner_of
from agora.domains.place.accounts.model import Credential, User
from agora.domains.place.accounts.secrets import Signer
from agora.kernel.clock import iso
from agora.protocol import payloads

if TYPE_CHECKING:
    from agora.kernel.app import App

# Agora's languages as Discord names them.
LOCALES = {"en": "en-US", "fr": "fr"}


def build_user(user: User) -> payloads.User:
    """A user as everybody sees it."""
    return payloads.User(id=str(user.id), username=user.username, global_name=user.global_name, avatar=user.avatar, bot=user.bot)


def build_own_user(user: User) -> payloads.OwnUser:
    """A user as it sees itself."""
    return payloads.OwnUser(
        id=str(user.id),
        username=user.username,
        global_name=user.global_name,
        avatar=user.avatar,
        bot=user.bot,
        locale=build_locale(user.locale),
    )


def build_locale(locale: str) -> str:
    """Discord's name of a language."""
    return LOCALES.get(locale, "en-US")


def build_application(app: App, bot: User, guild_count: int, description: str = "") -> dict[str, Any]:
    """The application behind a bot: it has the bot's own id, name and picture."""
    return {
        "id": str(bot.id),
        "name": bot.display_name,
        "icon": bot.avatar,
        "description": description,
        "type": None,
        "bot": build_user(bot),
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": app.get(Signer).verify_key,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": build_user(owner_of(app, bot)),
        "approximate_guild_count": guild_count,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }


def build_credential(each: Credential, current_id: int) -> dict[str, Any]:
    """A token, session or link for the list of them; the secret is not known any more."""
    return {
        "id": str(each.id),
        "kind": each.kind.value,
        "label": each.label,
        "created_at": iso(each.created_at),
        "expires_at": None if each.expires_at is None else iso(each.expires_at),
        "current": each.id == current_id,
    }
