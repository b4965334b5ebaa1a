"""REST of read marks, the inbox, and what one wants to hear of."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from agora.domains.place.permissions import check_guild
from agora.domains.talk.notifications.calls import do_drop
from agora.domains.talk.notifications.profile import Profile, do_set_profile, find_profile
from agora.domains.talk.notifications.service import mark_read, read_inbox
from agora.domains.talk.notifications.wishes import WishesPatch, change_wishes
from agora.kernel.access import needs
from agora.kernel.errors import invalid
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.ids import MAX_SNOWFLAKE, parse
from agora.protocol.payloads import Message
from agora.protocol.permissions import Permission


class Ack(msgspec.Struct, frozen=True):
    """Discord's body; the token has no use here."""

    token: str | None = None
    manual: bool | None = None


async def post_ack(request: Request) -> dict[str, Any]:
    """Mark as read."""
    await mark_read(request.ctx, request.id("channel_id"), request.id("message_id"))
    return {"token": None}


class InboxQuery(msgspec.Struct, frozen=True):
    """A page of calls, newest first."""

    before: str | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 25


async def get_inbox(request: Request) -> list[Message]:
    """What called the caller."""
    query: InboxQuery = request.query
    before = MAX_SNOWFLAKE if query.before is None else parse(query.before)
    if before is None:
        raise invalid("before", f'Value "{str(query.before)[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
    return await read_inbox(request.ctx, before, query.limit)


async def delete_call(request: Request) -> None:
    """Done with a call."""
    await request.ctx.write(do_drop, request.ctx.actor.user_id, request.id("message_id"))


async def patch_wishes(request: Request) -> dict[str, Any]:
    """Hear more or less of a community."""
    guild_id = check_guild(request.ctx, 0, guild_id=request.id("guild_id")).id
    return await change_wishes(request.ctx, guild_id, request.body)


async def patch_direct_wishes(request: Request) -> dict[str, Any]:
    """Hear more or less of direct messages."""
    return await change_wishes(request.ctx, 0, request.body)


async def get_profile(request: Request) -> Profile:
    """Keywords and quiet hours."""
    return await request.ctx.read(find_profile, request.ctx.actor.user_id)


async def put_profile(request: Request) -> Profile:
    """Set keywords and quiet hours."""
    body: Profile = request.body
    await request.ctx.write(do_set_profile, request.ctx.actor.user_id, body)
    return body


_PROFILE = "/api/agora/notifications"
_WISHES = Bucket("notifications.wishes", 30, 10.0)

ROUTES = (
    Route(
        method="GET",
        path="/api/v10/users/@me/mentions",
        handler=get_inbox,
        summary="Messages that called the caller.",
        query=InboxQuery,
        answer=list[Message],
    ),
    Route(
        method="DELETE",
        path="/api/v10/users/@me/mentions/{message_id}",
        handler=delete_call,
        summary="Be done with a message that called the caller.",
        status=204,
    ),
    Route(
        method="PATCH",
        path="/api/v10/users/@me/guilds/@me/settings",
        handler=patch_direct_wishes,
        summary="Hear more or less of direct messages.",
        body=WishesPatch,
        answer=dict[str, Any],
        bucket=_WISHES,
    ),
    Route(
        method="PATCH",
        path="/api/v10/users/@me/guilds/{guild_id}/settings",
        handler=patch_wishes,
        summary="Hear more or less of a community and its channels.",
        body=WishesPatch,
        answer=dict[str, Any],
        bucket=_WISHES,
    ),
    Route(
        method="GET",
        path=_PROFILE,
        handler=get_profile,
        summary="The caller's keywords and quiet hours.",
        answer=Profile,
    ),
    Route(
        method="PUT",
        path=_PROFILE,
        handler=put_profile,
        summary="Set the caller's keywords and quiet hours.",
        body=Profile,
        answer=Profile,
        bucket=_WISHES,
    ),
    Route(
        method="POST",
        path="/api/v10/channels/{channel_id}/messages/{message_id}/ack",
        handler=post_ack,
        summary="Mark a channel as read up to a message.",
        access=needs(int(Permission.VIEW_CHANNEL)),
        body=Ack,
        answer=dict[str, Any],
        bucket=Bucket("notifications.ack", 20, 5.0),
    ),
)
