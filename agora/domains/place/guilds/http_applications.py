"""REST of applications, of the bots in a community, and of bots somebody makes."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.place.accounts import (
    ApplicationEdit,
    User,
    Users,
    build_application,
    build_user,
    check_application,
    edit_application,
    find_description,
    list_bots_of,
    list_descriptions,
    owner_of,
    read_data_uri,
)
from agora.domains.place.guilds import integrations
from agora.domains.place.guilds.bots import create_bot
from agora.domains.place.permissions import Directory
from agora.kernel import ids
from agora.kernel.errors import NotFound, invalid
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.ids import Id
from agora.protocol.error_codes import MESSAGES, ErrorCode

MAKE = Bucket("guilds.bots", 10, 60.0)
EDIT = Bucket("guilds.applications", 10, 60.0)
SCOPES = ["applications.commands", "bot"]


class BotBody(msgspec.Struct, frozen=True):
    """A bot to make in a community."""

    name: str
    guild_id: Id


class MadeBot(msgspec.Struct, frozen=True):
    """The bot's user id and its token, shown this once."""

    id: str
    token: str


class Words(msgspec.Struct, frozen=True):
    """A text; other languages are not kept."""

    default: Annotated[str, msgspec.Meta(max_length=400)]


class EditBody(msgspec.Struct, frozen=True):
    """What may change about an application; ``icon`` is a data URI or null.

    What else Discord keeps of applications (addresses outside, teams, prices) is nothing this server has: giving one of these a
    value is refused.
    """

    description: str | Words | UnsetType | None = UNSET
    icon: str | UnsetType | None = UNSET
    interactions_endpoint_url: str | None = None
    role_connections_verification_url: str | None = None
    event_webhooks_url: str | None = None
    custom_install_url: str | None = None
    cover_image: str | None = None


_NOT_KEPT = (
    "interactions_endpoint_url",
    "role_connections_verification_url",
    "event_webhooks_url",
    "custom_install_url",
    "cover_image",
)


async def get_mine(request: Request) -> dict[str, Any]:
    """The application behind the caller. A person is their own: libraries ask this of whoever signs in."""
    bot = request.ctx.app.get(Users).get(request.ctx.actor.user_id)
    if bot is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_APPLICATION], code=ErrorCode.UNKNOWN_APPLICATION)
    return await _built(request, bot)


async def get_application(request: Request) -> dict[str, Any]:
    """An application, for itself and its owner."""
    return await _built(request, check_application(request.ctx, request.id("application_id")))


async def edit_mine(request: Request) -> dict[str, Any]:
    """Change the calling bot's application."""
    return await _edited(request, request.ctx.actor.user_id)


async def edit_one(request: Request) -> dict[str, Any]:
    """Change an application of one's own."""
    return await _edited(request, request.id("application_id"))


async def list_integrations(request: Request) -> list[dict[str, Any]]:
    """The bots in a community, as Discord's integrations."""
    bots = integrations.list_integrations(request.ctx, request.id("guild_id"))
    words = await request.ctx.read(list_descriptions, [bot.id for bot in bots])
    return [_integration(request, bot, words[bot.id]) for bot in bots]


async def delete_integration(request: Request) -> None:
    """Remove a bot from a community."""
    await integrations.delete_integration(request.ctx, request.id("guild_id"), request.id("integration_id"))


async def make_bot(request: Request) -> MadeBot:
    """A bot that is a member of the community at once."""
    body: BotBody = request.body
    guild_id = ids.parse(body.guild_id)
    if guild_id is None:
        raise invalid("guild_id", f'Value "{str(body.guild_id)[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
    bot, token = await create_bot(request.ctx, guild_id, body.name)
    return MadeBot(str(bot.id), token)


async def list_bots(request: Request) -> dict[str, Any]:
    """The bots that belong to the caller, as their applications."""
    bots = list_bots_of(request.ctx.app, request.ctx.actor.user_id)
    return {"items": [await _built(request, bot) for bot in bots], "next": None}


async def _edited(request: Request, application_id: int) -> dict[str, Any]:
    body: EditBody = request.body
    for field in _NOT_KEPT:
        if getattr(body, field):
            raise invalid(field, "This server keeps no such thing.", "BASE_TYPE_CHOICES")
    words = body.description.default if isinstance(body.description, Words) else body.description
    edit = ApplicationEdit(
        description=UNSET if words is UNSET else words or "",
        icon=read_data_uri(body.icon, "icon") if isinstance(body.icon, str) else body.icon,
    )
    return await _built(request, await edit_application(request.ctx, application_id, edit))


async def _built(request: Request, bot: User) -> dict[str, Any]:
    app = request.ctx.app
    words = await request.ctx.read(find_description, bot.id)
    return build_application(app, bot, len(app.get(Directory).guilds_of(bot.id)), words)


def _integration(request: Request, bot: User, description: str) -> dict[str, Any]:
    return {
        "id": str(bot.id),
        "type": "discord",
        "name": bot.display_name,
        "account": {"id": str(bot.id), "name": bot.username},
        "enabled": True,
        "application": {
            "id": str(bot.id),
            "name": bot.display_name,
            "icon": bot.avatar,
            "description": description,
            # no longer described, but Discord sends it and discord.py reads it
            "summary": "",
            "type": None,
            "bot": build_user(bot),
        },
        "scopes": SCOPES,
        "user": build_user(owner_of(request.ctx.app, bot)),
    }


_ONE = "/api/v10/applications/{application_id}"
_MINE = "/api/v10/applications/@me"
_INTEGRATIONS = "/api/v10/guilds/{guild_id}/integrations"
_BEHIND = "The application behind the calling bot."

ROUTES = (
    Route(method="GET", path="/api/v10/oauth2/applications/@me", handler=get_mine, summary=_BEHIND),
    Route(method="GET", path=_MINE, handler=get_mine, summary=_BEHIND),
    Route(
        method="PATCH",
        path=_MINE,
        handler=edit_mine,
        summary="Change what the calling bot's application says of itself, and its picture.",
        body=EditBody,
        bucket=EDIT,
        max_body=4 << 20,
    ),
    Route(method="GET", path=_ONE, handler=get_application, summary="An application, for itself and its owner."),
    Route(
        method="PATCH",
        path=_ONE,
        handler=edit_one,
        summary="Change what an application says of itself, and its picture; for itself and its owner.",
        body=EditBody,
        bucket=EDIT,
        max_body=4 << 20,
    ),
    Route(method="GET", path=_INTEGRATIONS, handler=list_integrations, summary="The bots in a community; needs MANAGE_GUILD."),
    Route(
        method="DELETE",
        path=f"{_INTEGRATIONS}/{{integration_id}}",
        handler=delete_integration,
        summary="Remove a bot from a community; needs MANAGE_GUILD.",
        status=204,
    ),
    Route(method="GET", path="/api/agora/bots", handler=list_bots, summary="The bots that belong to the caller."),
    Route(
        method="POST",
        path="/api/agora/bots",
        handler=make_bot,
        summary="Make a bot in a community; needs MANAGE_GUILD there.",
        body=BotBody,
        answer=MadeBot,
        status=201,
        bucket=MAKE,
    ),
)
