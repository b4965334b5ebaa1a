"""REST: https://discord.com/developers/docs/resources/message#create-reaction."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from agora.domains.place.accounts import User, Users, build_user
from agora.domains.talk.reactions.service import clear, react, reactors, unreact
from agora.kernel.access import needs
from agora.kernel.errors import invalid
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.ids import parse
from agora.protocol.payloads import User as UserObject
from agora.protocol.permissions import Permission

_ALL = "/api/v10/channels/{channel_id}/messages/{message_id}/reactions"
_EMOJI = _ALL + "/{emoji}"
_SEE = needs(int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY))
_MANAGE = needs(int(Permission.VIEW_CHANNEL | Permission.MANAGE_MESSAGES))
_BUCKET = Bucket("reactions", 10, 2.5, by="channel_id")


class ReactorsQuery(msgspec.Struct, frozen=True):
    """A page of users; ``type`` 1 (super reactions) is always empty."""

    after: str = "0"
    limit: Annotated[int, Meta(ge=1, le=100)] = 25
    type: Annotated[int, Meta(ge=0, le=1)] = 0


def _where(request: Request) -> tuple[int, int, str]:
    return request.id("channel_id"), request.id("message_id"), request.path["emoji"]


async def put_mine(request: Request) -> None:
    """React."""
    await react(request.ctx, *_where(request))


async def delete_mine(request: Request) -> None:
    """Take back."""
    await unreact(request.ctx, *_where(request))


async def delete_theirs(request: Request) -> None:
    """Take away."""
    await unreact(request.ctx, *_where(request), request.id("user_id"))


async def delete_emoji(request: Request) -> None:
    """Take one emoji away."""
    await clear(request.ctx, *_where(request))


async def delete_all(request: Request) -> None:
    """Take all away."""
    await clear(request.ctx, request.id("channel_id"), request.id("message_id"))


async def get_reactors(request: Request) -> list[Any]:
    """Who reacted."""
    after = parse(request.query.after)
    if after is None:
        raise invalid("after", "Value is not snowflake.", "NUMBER_TYPE_COERCE")
    if request.query.type == 1:
        return []
    ids = await reactors(request.ctx, *_where(request), after, request.query.limit)
    users = request.ctx.app.get(Users)
    return [build_user(users.get(user_id) or User(id=user_id, username="deleted_user")) for user_id in ids]


ROUTES = (
    Route(
        method="PUT",
        path=_EMOJI + "/@me",
        handler=put_mine,
        summary="React to a message.",
        access=_SEE,
        status=204,
        bucket=_BUCKET,
    ),
    Route(
        method="DELETE",
        path=_EMOJI + "/@me",
        handler=delete_mine,
        summary="Take back one's own reaction.",
        access=_SEE,
        status=204,
        bucket=_BUCKET,
    ),
    Route(
        method="DELETE",
        path=_EMOJI + "/{user_id}",
        handler=delete_theirs,
        summary="Take away another user's reaction.",
        access=_SEE,
        status=204,
        bucket=_BUCKET,
    ),
    Route(
        method="GET",
        path=_EMOJI,
        handler=get_reactors,
        summary="Who reacted with an emoji.",
        access=_SEE,
        query=ReactorsQuery,
        answer=list[UserObject],
        bucket=_BUCKET,
    ),
    Route(
        method="DELETE",
        path=_EMOJI,
        handler=delete_emoji,
        summary="Take away all reactions with one emoji.",
        access=_MANAGE,
        status=204,
        bucket=_BUCKET,
    ),
    Route(
        method="DELETE",
        path=_ALL,
        handler=delete_all,
        summary="Take away all reactions of a message.",
        access=_MANAGE,
        status=204,
        bucket=_BUCKET,
    ),
)
