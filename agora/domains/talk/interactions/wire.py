"""Commands and interactions as Discord writes them."""

from __future__ import annotations

from typing import Any

import msgspec

from agora.domains.place.accounts import Users, build_locale, build_user
from agora.domains.place.guilds import build_member
from agora.domains.place.permissions import ChannelFacts, Directory
from agora.domains.talk.interactions.definition import Command, Option
from agora.domains.talk.interactions.model import Interaction, InteractionType
from agora.domains.talk.interactions.resolved import build_place
from agora.domains.talk.interactions.rules import context_of
from agora.kernel.app import App
from agora.kernel.http import encode

_ATTACHMENT_LIMIT = 25 << 20


def build_command(command: Command, locale: str | None = None) -> dict[str, Any]:
    """A command; with a ``locale`` also its texts in this language, where it has them."""
    body = command.body
    wire: dict[str, Any] = {
        "id": str(command.id),
        "application_id": str(command.application_id),
        "version": str(command.version),
        "type": body.type,
        "name": body.name,
        "name_localizations": body.name_localizations,
        "description": body.description,
        "description_localizations": body.description_localizations,
        "default_member_permissions": None if body.default_member_permissions is None else str(body.default_member_permissions),
        "dm_permission": body.dm_permission is not False,
        "contexts": body.contexts,
        "integration_types": [0] if body.integration_types is None else body.integration_types,
        "nsfw": bool(body.nsfw),
    }
    if command.guild_id is not None:
        wire["guild_id"] = str(command.guild_id)
    if body.options:
        wire["options"] = [build_option(option, locale) for option in body.options]
    if locale is not None:
        wire |= _localized(body.name_localizations, body.description_localizations, locale)
    return wire


def build_option(option: Option, locale: str | None = None) -> dict[str, Any]:
    """One option; keys without a value are left out."""
    plain: dict[str, Any] = msgspec.to_builtins(option)
    wire = {key: value for key, value in plain.items() if value is not None}
    if option.options:
        wire["options"] = [build_option(each, locale) for each in option.options]
    if locale is not None:
        wire |= _localized(option.name_localizations, option.description_localizations, locale)
        if option.choices:
            choices = [(msgspec.to_builtins(each), each.name_localizations) for each in option.choices]
            wire["choices"] = [plain | _localized(names, None, locale) for plain, names in choices]
    return wire


def _localized(names: Any, descriptions: Any, locale: str) -> dict[str, str]:
    found = {}
    for key, texts in (("name_localized", names), ("description_localized", descriptions)):
        if isinstance(texts, dict) and locale in texts:
            found[key] = texts[locale]
    return found


def build_interaction(
    app: App,
    row: Interaction,
    channel: ChannelFacts,
    locale: str,
    data: dict[str, Any],
    message: Any = None,
    kind: InteractionType | None = None,
) -> bytes:
    """INTERACTION_CREATE as the app hears it, encoded."""
    directory, user = app.get(Directory), app.get(Users).get(row.user_id)
    app_bits = directory.permissions(row.application_id, channel.id)
    wire: dict[str, Any] = {
        "id": str(row.id),
        "application_id": str(row.application_id),
        "type": int(row.type if kind is None else kind),
        "token": row.token,
        "version": 1,
        "channel_id": str(channel.id),
        "channel": build_place(app, channel, row.user_id),
        "locale": build_locale(locale),
        "app_permissions": str(app_bits),
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(channel.guild_id or 0)},
        "context": int(context_of(channel, row.application_id)),
        "attachment_size_limit": _ATTACHMENT_LIMIT,
        "data": data,
    }
    shown = None if user is None else build_user(user)
    if channel.guild_id is None:
        wire["user"] = shown
    else:
        wire |= _in_guild(app, channel, channel.guild_id, row.user_id)
    if message is not None:
        wire["message"] = message
    return encode(wire)


def _in_guild(app: App, channel: ChannelFacts, guild_id: int, user_id: int) -> dict[str, Any]:
    directory = app.get(Directory)
    guild, member = directory.guild(guild_id), directory.member(guild_id, user_id)
    language = build_locale(guild.locale if guild is not None else "en")
    found: dict[str, Any] = {
        "guild_id": str(guild_id),
        "guild": {"id": str(guild_id), "locale": language, "features": []},
        "guild_locale": language,
    }
    if member is not None:
        shown = msgspec.to_builtins(build_member(app, member))
        found["member"] = shown | {"permissions": str(directory.permissions(user_id, channel.id))}
    return found


def build_keys(app: App, row: Interaction, name: str, extra: dict[str, Any]) -> str:
    """What messages that answer the interaction say of it (``messages.Origin.keys``)."""
    user = app.get(Users).get(row.user_id)
    shown = None if user is None else build_user(user)
    metadata = {
        "id": str(row.id),
        "type": row.type,
        "user": shown,
        "authorizing_integration_owners": {"0": str(row.guild_id or 0)},
        **extra,
    }
    keys: dict[str, Any] = {"application_id": str(row.application_id), "interaction_metadata": metadata}
    if row.type == InteractionType.COMMAND:
        keys["interaction"] = {"id": str(row.id), "type": row.type, "name": name, "user": shown}
    return encode(keys).decode()
