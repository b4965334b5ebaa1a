"""REST of communities themselves, and of who calls: their communities and their bots."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.place.accounts import image_type, read_data_uri, store_picture
from agora.domains.place.guilds import http_applications, http_crowds, http_invites, http_members, http_roles, service
from agora.domains.place.guilds.members import leave_guild
from agora.domains.place.guilds.model import GuildEdit
from agora.domains.place.guilds.wire import build_guild, build_my_guild, build_preview
from agora.domains.place.permissions import Directory, check_guild
from agora.kernel import ids
from agora.kernel.access import ANYONE
from agora.kernel.errors import Forbidden, NotFound, invalid
from agora.kernel.files import Files
from agora.kernel.http import Bucket, Reply, Request, Route
from agora.kernel.ids import Id
from agora.protocol import payloads
from agora.protocol.error_codes import MESSAGES, ErrorCode

FOUND = Bucket("guilds.found", 10, 60.0)
Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]


class FoundBody(msgspec.Struct, frozen=True):
    """A community to found; ``icon`` is a data URI."""

    name: str
    description: str | None = None
    icon: str | None = None
    preferred_locale: str | None = None


class EditBody(msgspec.Struct, frozen=True):
    """``icon`` is a data URI or null. ``open`` is Agora's own: everybody who registers joins."""

    name: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    icon: str | UnsetType | None = UNSET
    preferred_locale: str | UnsetType | None = UNSET
    system_channel_id: Id | UnsetType | None = UNSET
    owner_id: Id | UnsetType = UNSET
    open: bool | UnsetType = UNSET


class MineQuery(msgspec.Struct, frozen=True):
    """Paging by community id."""

    before: int | None = None
    after: int = 0
    limit: Limit = 200
    with_counts: bool = False


class CountsQuery(msgspec.Struct, frozen=True):
    """Whether to add the number of members."""

    with_counts: bool = False


async def found(request: Request) -> payloads.Guild:
    """Found a community."""
    body: FoundBody = request.body
    if request.ctx.actor.is_bot:
        raise Forbidden(MESSAGES[ErrorCode.BOTS_CANNOT_USE_ENDPOINT], code=ErrorCode.BOTS_CANNOT_USE_ENDPOINT)
    icon = None if body.icon is None else read_data_uri(body.icon, "icon")
    guild_id = await service.create_guild(request.ctx, body.name, description=body.description, locale=body.preferred_locale)
    if icon is not None:
        await service.edit_guild(request.ctx, guild_id, GuildEdit(icon=await store_picture(request.ctx, icon)))
    return _built(request, guild_id)


async def get_guild(request: Request) -> payloads.Guild:
    """A community of one's own."""
    guild = check_guild(request.ctx, 0, guild_id=request.id("guild_id"))
    return build_guild(request.ctx.app, guild, counts=request.query.with_counts)


async def preview(request: Request) -> payloads.GuildPreview:
    """A community of one's own, in short."""
    return build_preview(request.ctx.app, check_guild(request.ctx, 0, guild_id=request.id("guild_id")))


async def edit_guild(request: Request) -> payloads.Guild:
    """Change a community."""
    body: EditBody = request.body
    icon: str | UnsetType | None = UNSET
    if isinstance(body.icon, str):
        icon = await store_picture(request.ctx, read_data_uri(body.icon, "icon"))
    elif body.icon is None:
        icon = None
    edit = GuildEdit(
        name=body.name,
        description=body.description,
        icon=icon,
        locale=body.preferred_locale or UNSET,
        system_channel_id=_optional_id(body.system_channel_id, "system_channel_id"),
        owner_id=UNSET if body.owner_id is UNSET else parse_id(body.owner_id, "owner_id"),
        open=body.open,
    )
    guild = await service.edit_guild(request.ctx, request.id("guild_id"), edit)
    return build_guild(request.ctx.app, guild)


async def delete_guild(request: Request) -> None:
    """End a community."""
    await service.delete_guild(request.ctx, request.id("guild_id"))


async def list_mine(request: Request) -> list[payloads.MyGuild]:
    """The caller's communities, oldest first."""
    query: MineQuery = request.query
    app, user_id = request.ctx.app, request.ctx.actor.user_id
    directory = app.get(Directory)
    mine = [each for each in directory.guilds_of(user_id) if each > query.after]
    if query.before is not None:
        mine = [each for each in mine if each < query.before][-query.limit :]
    guilds = [directory.guild(each) for each in mine[: query.limit]]
    return [build_my_guild(app, each, user_id, counts=query.with_counts) for each in guilds if each is not None]


async def leave(request: Request) -> None:
    """Leave a community."""
    await leave_guild(request.ctx, request.id("guild_id"))


async def get_icon(request: Request) -> Reply:
    """A community's picture. The address holds the hash, so it can be kept for ever."""
    hash = str(request.path["hash"])
    guild = request.ctx.app.get(Directory).guild(request.id("guild_id"))
    if guild is None or guild.icon != hash:
        raise NotFound("This picture does not exist.")
    content = await request.ctx.app.get(Files).read(hash)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Reply(content, content_type=image_type(content) or "application/octet-stream", headers=headers)


def parse_id(text: Id, field: str) -> int:
    """An id of the body. Raises BadRequest on its field."""
    value = ids.parse(text)
    if value is None:
        raise invalid(field, f'Value "{str(text)[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
    return value


def _optional_id(text: Id | UnsetType | None, field: str) -> int | UnsetType | None:
    return parse_id(text, field) if isinstance(text, str | int) else text


def _built(request: Request, guild_id: int) -> payloads.Guild:
    guild = request.ctx.app.get(Directory).guild(guild_id)
    if guild is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_GUILD], code=ErrorCode.UNKNOWN_GUILD)
    return build_guild(request.ctx.app, guild)


ROUTES = (
    Route(
        method="POST",
        path="/api/v10/guilds",
        handler=found,
        summary="Found a community that the caller owns.",
        body=FoundBody,
        answer=payloads.Guild,
        status=201,
        bucket=FOUND,
        max_body=4 << 20,
    ),
    Route(
        method="GET",
        path="/api/v10/guilds/{guild_id}",
        handler=get_guild,
        summary="A community the caller belongs to.",
        query=CountsQuery,
        answer=payloads.Guild,
    ),
    Route(
        method="GET",
        path="/api/v10/guilds/{guild_id}/preview",
        handler=preview,
        summary="A community the caller belongs to, in short: how many there are, how many are here, its emojis and stickers.",
        answer=payloads.GuildPreview,
    ),
    Route(
        method="PATCH",
        path="/api/v10/guilds/{guild_id}",
        handler=edit_guild,
        summary="Change a community; needs MANAGE_GUILD.",
        body=EditBody,
        answer=payloads.Guild,
        max_body=4 << 20,
    ),
    Route(
        method="DELETE",
        path="/api/v10/guilds/{guild_id}",
        handler=delete_guild,
        summary="End a community; only its owner may.",
        status=204,
    ),
    Route(
        method="GET",
        path="/api/v10/users/@me/guilds",
        handler=list_mine,
        summary="The caller's communities.",
        query=MineQuery,
        answer=list[payloads.MyGuild],
    ),
    Route(
        method="DELETE",
        path="/api/v10/users/@me/guilds/{guild_id}",
        handler=leave,
        summary="Leave a community.",
        status=204,
    ),
    Route(
        method="GET",
        path="/icons/{guild_id}/{hash}.png",
        handler=get_icon,
        summary="The picture of a community.",
        access=ANYONE,
    ),
    *http_members.ROUTES,
    *http_crowds.ROUTES,
    *http_roles.ROUTES,
    *http_invites.ROUTES,
    *http_applications.ROUTES,
)
