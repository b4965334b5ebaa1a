"""REST of emojis: https://discord.com/developers/docs/resources/emoji."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.talk.expressions import service
from agora.domains.talk.expressions.pictures import build_reply, read_picture
from agora.domains.talk.expressions.shelf import Emojis
from agora.domains.talk.expressions.wire import build_emoji
from agora.kernel import ids
from agora.kernel.access import ANYONE
from agora.kernel.errors import NotFound, invalid
from agora.kernel.files import Files
from agora.kernel.http import Bucket, Reply, Request, Route
from agora.kernel.ids import Id
from agora.protocol import payloads

CHANGES = Bucket("expressions.emojis", 60, 60.0, by="guild_id")
CONTENT = Bucket("expressions.content", 600, 10.0)
Roles = Annotated[list[Id], msgspec.Meta(max_length=250)]


class NewEmoji(msgspec.Struct, frozen=True):
    """An emoji to make; ``image`` is a data URI of at most 256 KiB."""

    name: str
    image: str
    roles: Roles | None = None


class EmojiEdit(msgspec.Struct, frozen=True):
    """What may change."""

    name: str | UnsetType = UNSET
    roles: Roles | UnsetType | None = UNSET


async def list_emojis(request: Request) -> list[payloads.Emoji]:
    """All of a community."""
    guild_id = request.id("guild_id")
    found = service.list_emojis(request.ctx, guild_id)
    user = service.may_make(request.ctx, guild_id)
    return [build_emoji(request.ctx.app, emoji, user=user) for emoji in found]


async def get_emoji(request: Request) -> payloads.Emoji:
    """One of them."""
    guild_id = request.id("guild_id")
    emoji = service.get_emoji(request.ctx, guild_id, request.id("emoji_id"))
    return build_emoji(request.ctx.app, emoji, user=service.may_make(request.ctx, guild_id))


async def create_emoji(request: Request) -> payloads.Emoji:
    """Make one."""
    body: NewEmoji = request.body
    roles = [_id(each) for each in body.roles or ()]
    emoji = await service.create_emoji(request.ctx, request.id("guild_id"), body.name, read_picture(body.image), roles)
    return build_emoji(request.ctx.app, emoji, user=True)


async def edit_emoji(request: Request) -> payloads.Emoji:
    """Change one."""
    body: EmojiEdit = request.body
    roles = UNSET if body.roles is UNSET else [_id(each) for each in body.roles or ()]
    emoji = await service.edit_emoji(request.ctx, request.id("guild_id"), request.id("emoji_id"), name=body.name, roles=roles)
    return build_emoji(request.ctx.app, emoji, user=True)


async def delete_emoji(request: Request) -> None:
    """End one."""
    await service.delete_emoji(request.ctx, request.id("guild_id"), request.id("emoji_id"))


async def get_picture(request: Request) -> Reply:
    """The picture as it was uploaded, whatever ending was asked for: Discord's clients choose one by habit."""
    emoji = request.ctx.app.get(Emojis).find(request.id("emoji_id"))
    if emoji is None:
        raise NotFound("This picture does not exist.")
    return build_reply(await request.ctx.app.get(Files).read(emoji.hash))


def _id(text: Id) -> int:
    value = ids.parse(text)
    if value is None:
        raise invalid("roles", f'Value "{str(text)[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
    return value


_ALL = "/api/v10/guilds/{guild_id}/emojis"
_ONE = _ALL + "/{emoji_id}"
_E = payloads.Emoji

ROUTES = (
    Route(method="GET", path=_ALL, handler=list_emojis, summary="A community's emojis.", answer=list[_E]),
    Route(
        method="POST",
        path=_ALL,
        handler=create_emoji,
        summary="Make an emoji; needs CREATE_GUILD_EXPRESSIONS.",
        body=NewEmoji,
        answer=_E,
        status=201,
        bucket=CHANGES,
    ),
    Route(method="GET", path=_ONE, handler=get_emoji, summary="An emoji.", answer=_E),
    Route(
        method="PATCH",
        path=_ONE,
        handler=edit_emoji,
        summary="Change an emoji: one's own, or any with MANAGE_GUILD_EXPRESSIONS.",
        body=EmojiEdit,
        answer=_E,
        bucket=CHANGES,
    ),
    Route(
        method="DELETE",
        path=_ONE,
        handler=delete_emoji,
        summary="End an emoji: one's own, or any with MANAGE_GUILD_EXPRESSIONS.",
        status=204,
        bucket=CHANGES,
    ),
    Route(
        method="GET",
        path="/emojis/{emoji_id}.{kind:png|gif|webp|jpg|jpeg}",
        handler=get_picture,
        summary="The picture of an emoji.",
        access=ANYONE,
        bucket=CONTENT,
    ),
)
