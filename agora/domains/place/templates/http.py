"""REST of templates."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.place.accounts import read_data_uri, store_picture
from agora.domains.place.guilds import build_guild
from agora.domains.place.permissions import check_guild
from agora.domains.place.templates import service
from agora.domains.place.templates.model import Template
from agora.domains.place.templates.wire import build_template
from agora.kernel.http import Bucket, Request, Route
from agora.protocol import payloads

LOOK = Bucket("templates.look", 30, 60.0)
USE = Bucket("templates.use", 10, 60.0)
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Description = Annotated[str, msgspec.Meta(max_length=120)]


class NewBody(msgspec.Struct, frozen=True):
    """A template to make."""

    name: Name
    description: Description | None = None


class EditBody(msgspec.Struct, frozen=True):
    """What may change about a template."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET


class UseBody(msgspec.Struct, frozen=True):
    """A community to make; ``icon`` is a data URI."""

    name: str
    icon: str | None = None


async def list_templates(request: Request) -> list[dict[str, Any]]:
    """A community's templates."""
    return [_built(request, each) for each in await service.find_templates(request.ctx, request.id("guild_id"))]


async def create_template(request: Request) -> dict[str, Any]:
    """Make one."""
    body: NewBody = request.body
    return _built(request, await service.create_template(request.ctx, request.id("guild_id"), body.name, body.description))


async def sync_template(request: Request) -> dict[str, Any]:
    """Bring one up to date."""
    return _built(request, await service.sync_template(request.ctx, request.id("guild_id"), _code(request)))


async def edit_template(request: Request) -> dict[str, Any]:
    """Rename one."""
    body: EditBody = request.body
    changed = await service.edit_template(
        request.ctx, request.id("guild_id"), _code(request), name=body.name, description=body.description
    )
    return _built(request, changed)


async def delete_template(request: Request) -> dict[str, Any]:
    """End one."""
    return _built(request, await service.delete_template(request.ctx, request.id("guild_id"), _code(request)))


async def get_template(request: Request) -> dict[str, Any]:
    """What a code leads to."""
    return _built(request, await request.ctx.read(service.get_template, _code(request)))


async def use_template(request: Request) -> payloads.Guild:
    """A community made from one."""
    body: UseBody = request.body
    icon = None
    if body.icon is not None:
        picture = read_data_uri(body.icon, "icon")
        await service.check_use(request.ctx, _code(request), body.name)
        icon = await store_picture(request.ctx, picture)
    guild_id = await service.use_template(request.ctx, _code(request), body.name, icon)
    return build_guild(request.ctx.app, check_guild(request.ctx, 0, guild_id=guild_id))


def _built(request: Request, template: Template) -> dict[str, Any]:
    return build_template(request.ctx.app, template, service.is_dirty(request.ctx, template))


def _code(request: Request) -> str:
    return str(request.path["code"])


_ALL = "/api/v10/guilds/{guild_id}/templates"
_OWN = f"{_ALL}/{{code}}"
_BY_CODE = "/api/v10/guilds/templates/{code}"

ROUTES = (
    Route(method="GET", path=_ALL, handler=list_templates, summary="A community's templates; needs MANAGE_GUILD."),
    Route(
        method="POST",
        path=_ALL,
        handler=create_template,
        summary="Make the community's template of what it is now; needs MANAGE_GUILD.",
        body=NewBody,
    ),
    Route(method="PUT", path=_OWN, handler=sync_template, summary="Bring a template up to date; needs MANAGE_GUILD."),
    Route(method="PATCH", path=_OWN, handler=edit_template, summary="Rename a template; needs MANAGE_GUILD.", body=EditBody),
    Route(method="DELETE", path=_OWN, handler=delete_template, summary="End a template; needs MANAGE_GUILD."),
    Route(method="GET", path=_BY_CODE, handler=get_template, summary="What the code of a template leads to.", bucket=LOOK),
    Route(
        method="POST",
        path=_BY_CODE,
        handler=use_template,
        summary="Make a community from a template; the caller owns it.",
        body=UseBody,
        answer=payloads.Guild,
        status=201,
        bucket=USE,
        max_body=4 << 20,
    ),
)
