"""REST of the emojis of applications: https://discord.com/developers/docs/resources/emoji#list-application-emojis."""

from __future__ import annotations

import msgspec

from agora.domains.talk.expressions import applications
from agora.domains.talk.expressions.pictures import read_picture
from agora.domains.talk.expressions.wire import build_emoji
from agora.kernel.http import Bucket, Request, Route
from agora.protocol import payloads

CHANGES = Bucket("expressions.app_emojis", 60, 60.0, by="application_id")


class NewEmoji(msgspec.Struct, frozen=True):
    """An emoji to make; ``image`` is a data URI of at most 256 KiB."""

    name: str
    image: str


class EmojiEdit(msgspec.Struct, frozen=True):
    """What may change."""

    name: str | None = None


class Owned(msgspec.Struct, frozen=True):
    """All of an application."""

    items: list[payloads.Emoji]


async def list_emojis(request: Request) -> Owned:
    """All of the caller."""
    found = applications.list_own(request.ctx, request.id("application_id"))
    return Owned([build_emoji(request.ctx.app, emoji, user=True) for emoji in found])


async def get_emoji(request: Request) -> payloads.Emoji:
    """One of them."""
    emoji = applications.get_own(request.ctx, request.id("application_id"), request.id("emoji_id"))
    return build_emoji(request.ctx.app, emoji, user=True)


async def create_emoji(request: Request) -> payloads.Emoji:
    """Make one."""
    body: NewEmoji = request.body
    application_id = request.id("application_id")
    applications.list_own(request.ctx, application_id)  # who may not is told before the picture is looked at
    emoji = await applications.create_own(request.ctx, application_id, body.name, read_picture(body.image))
    return build_emoji(request.ctx.app, emoji, user=True)


async def edit_emoji(request: Request) -> payloads.Emoji:
    """Rename one."""
    body: EmojiEdit = request.body
    application_id, emoji_id = request.id("application_id"), request.id("emoji_id")
    if body.name is None:
        return await get_emoji(request)
    return build_emoji(request.ctx.app, await applications.rename_own(request.ctx, application_id, emoji_id, body.name), user=True)


async def delete_emoji(request: Request) -> None:
    """End one."""
    await applications.delete_own(request.ctx, request.id("application_id"), request.id("emoji_id"))


_ALL = "/api/v10/applications/{application_id}/emojis"
_ONE = _ALL + "/{emoji_id}"
_E = payloads.Emoji

ROUTES = (
    Route(method="GET", path=_ALL, handler=list_emojis, summary="The calling application's emojis.", answer=Owned),
    Route(
        method="POST",
        path=_ALL,
        handler=create_emoji,
        summary="Make an emoji of the calling application.",
        body=NewEmoji,
        answer=_E,
        status=201,
        bucket=CHANGES,
    ),
    Route(method="GET", path=_ONE, handler=get_emoji, summary="An emoji of the calling application.", answer=_E),
    Route(
        method="PATCH",
        path=_ONE,
        handler=edit_emoji,
        summary="Rename an emoji of the calling application.",
        body=EmojiEdit,
        answer=_E,
        bucket=CHANGES,
    ),
    Route(
        method="DELETE",
        path=_ONE,
        handler=delete_emoji,
        summary="End an emoji of the calling application.",
        status=204,
        bucket=CHANGES,
    ),
)
