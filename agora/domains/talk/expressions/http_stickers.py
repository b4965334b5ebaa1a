"""REST of stickers: https://discord.com/developers/docs/resources/sticker."""

from __future__ import annotations

from agora.domains.place.permissions import check_guild
from agora.domains.talk.expressions import stickers
from agora.domains.talk.expressions.pictures import build_reply
from agora.domains.talk.expressions.service import CREATE, may_make
from agora.domains.talk.expressions.shelf import Stickers
from agora.domains.talk.expressions.stickers import MAX_BYTES, NewSticker, StickerEdit
from agora.domains.talk.expressions.wire import build_sticker
from agora.domains.talk.files import read_form
from agora.kernel.access import ANYONE
from agora.kernel.errors import NotFound, TooLarge
from agora.kernel.files import Files
from agora.kernel.http import Bucket, Reply, Request, Route
from agora.protocol import payloads

CHANGES = Bucket("expressions.stickers", 60, 60.0, by="guild_id")
CONTENT = Bucket("expressions.content", 600, 10.0)
_FORM = MAX_BYTES + (64 << 10)  # with its fields


async def list_stickers(request: Request) -> list[payloads.Sticker]:
    """All of a community."""
    guild_id = request.id("guild_id")
    found = stickers.list_stickers(request.ctx, guild_id)
    user = may_make(request.ctx, guild_id)
    return [build_sticker(request.ctx.app, sticker, user=user) for sticker in found]


async def get_sticker(request: Request) -> payloads.Sticker:
    """One of them."""
    guild_id = request.id("guild_id")
    sticker = stickers.get_sticker(request.ctx, request.id("sticker_id"), guild_id)
    return build_sticker(request.ctx.app, sticker, user=may_make(request.ctx, guild_id))


async def get_any(request: Request) -> payloads.Sticker:
    """One of any community that the caller belongs to."""
    return build_sticker(request.ctx.app, stickers.get_sticker(request.ctx, request.id("sticker_id")))


async def create_sticker(request: Request) -> payloads.Sticker:
    """Make one."""
    guild_id = request.id("guild_id")
    check_guild(request.ctx, CREATE, guild_id=guild_id)
    if (request.http.content_length or 0) > _FORM:
        raise TooLarge(f"A sticker may have at most {MAX_BYTES >> 10} KiB.")
    form = await read_form(request, NewSticker, guild_id, lambda: None)
    sticker = await stickers.create_sticker(request.ctx, guild_id, form.body, form.files)
    return build_sticker(request.ctx.app, sticker, user=True)


async def edit_sticker(request: Request) -> payloads.Sticker:
    """Change one."""
    sticker = await stickers.edit_sticker(request.ctx, request.id("guild_id"), request.id("sticker_id"), request.body)
    return build_sticker(request.ctx.app, sticker, user=True)


async def delete_sticker(request: Request) -> None:
    """End one."""
    await stickers.delete_sticker(request.ctx, request.id("guild_id"), request.id("sticker_id"))


async def get_picture(request: Request) -> Reply:
    """The file as it was uploaded, whatever ending was asked for."""
    sticker = request.ctx.app.get(Stickers).find(request.id("sticker_id"))
    if sticker is None:
        raise NotFound("This picture does not exist.")
    return build_reply(await request.ctx.app.get(Files).read(sticker.hash))


_ALL = "/api/v10/guilds/{guild_id}/stickers"
_ONE = _ALL + "/{sticker_id}"
_S = payloads.Sticker

ROUTES = (
    Route(method="GET", path=_ALL, handler=list_stickers, summary="A community's stickers.", answer=list[_S]),
    Route(
        method="POST",
        path=_ALL,
        handler=create_sticker,
        summary="Make a sticker: a form with name, tags, description and file; needs CREATE_GUILD_EXPRESSIONS.",
        body=NewSticker,
        answer=_S,
        status=201,
        raw=True,
        bucket=CHANGES,
    ),
    Route(method="GET", path=_ONE, handler=get_sticker, summary="A sticker.", answer=_S),
    Route(
        method="PATCH",
        path=_ONE,
        handler=edit_sticker,
        summary="Change a sticker: one's own, or any with MANAGE_GUILD_EXPRESSIONS.",
        body=StickerEdit,
        answer=_S,
        bucket=CHANGES,
    ),
    Route(
        method="DELETE",
        path=_ONE,
        handler=delete_sticker,
        summary="End a sticker: one's own, or any with MANAGE_GUILD_EXPRESSIONS.",
        status=204,
        bucket=CHANGES,
    ),
    Route(
        method="GET",
        path="/api/v10/stickers/{sticker_id}",
        handler=get_any,
        summary="A sticker of a community the caller belongs to.",
        answer=_S,
    ),
    Route(
        method="GET",
        path="/stickers/{sticker_id}.{kind:png|gif|webp}",
        handler=get_picture,
        summary="The picture of a sticker.",
        access=ANYONE,
        bucket=CONTENT,
    ),
)
