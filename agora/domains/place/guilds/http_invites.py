"""REST of invitations."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from agora.domains.place.guilds import invites
from agora.domains.place.guilds.wire import build_invite
from agora.kernel.http import Bucket, Request, Route

JOIN = Bucket("guilds.join", 20, 60.0)
MaxAge = Annotated[int, msgspec.Meta(ge=0, le=5_184_000)]
MaxUses = Annotated[int, msgspec.Meta(ge=0, le=100)]


class InviteBody(msgspec.Struct, frozen=True):
    """``max_age`` in seconds; 0 means without end. Each call makes a new code, whatever ``unique`` says."""

    max_age: MaxAge | None = None
    max_uses: MaxUses | None = None
    temporary: bool | None = None
    unique: bool | None = None


class InviteQuery(msgspec.Struct, frozen=True):
    """Whether to add the number of members."""

    with_counts: bool = False


async def create_invite(request: Request) -> dict[str, Any]:
    """Invite to a channel's community."""
    body: InviteBody = request.body
    invite = await invites.create_invite(
        request.ctx,
        request.id("channel_id"),
        max_age_s=invites.DAY_S if body.max_age is None else body.max_age,
        max_uses=body.max_uses or 0,
    )
    return build_invite(request.ctx.app, invite, metadata=True)


async def list_channel(request: Request) -> list[dict[str, Any]]:
    """A channel's invitations."""
    found = await invites.list_channel_invites(request.ctx, request.id("channel_id"))
    return [build_invite(request.ctx.app, each, metadata=True) for each in found]


async def list_guild(request: Request) -> list[dict[str, Any]]:
    """A community's invitations."""
    found = await invites.list_guild_invites(request.ctx, request.id("guild_id"))
    return [build_invite(request.ctx.app, each, metadata=True) for each in found]


async def get_invite(request: Request) -> dict[str, Any]:
    """What a code leads to."""
    invite = await invites.get_invite(request.ctx, str(request.path["code"]))
    return build_invite(request.ctx.app, invite, counts=request.query.with_counts)


async def take_invite(request: Request) -> dict[str, Any]:
    """Join; ``new_member`` says whether one was not there before."""
    invite, is_new = await invites.take_invite(request.ctx, str(request.path["code"]))
    return build_invite(request.ctx.app, invite) | {"new_member": is_new}


async def delete_invite(request: Request) -> dict[str, Any]:
    """Withdraw an invitation."""
    return build_invite(request.ctx.app, await invites.delete_invite(request.ctx, str(request.path["code"])))


_CHANNEL = "/api/v10/channels/{channel_id}/invites"
_INVITE = "/api/v10/invites/{code}"

ROUTES = (
    Route(
        method="POST",
        path=_CHANNEL,
        handler=create_invite,
        summary="Invite to a channel's community; needs CREATE_INSTANT_INVITE.",
        body=InviteBody,
        bucket=JOIN,
    ),
    Route(
        method="GET",
        path=_CHANNEL,
        handler=list_channel,
        summary="A channel's invitations; needs MANAGE_CHANNELS.",
    ),
    Route(
        method="GET",
        path="/api/v10/guilds/{guild_id}/invites",
        handler=list_guild,
        summary="A community's invitations; needs MANAGE_GUILD.",
    ),
    Route(
        method="GET",
        path=_INVITE,
        handler=get_invite,
        summary="What an invitation leads to.",
        query=InviteQuery,
        bucket=JOIN,
    ),
    Route(method="POST", path=_INVITE, handler=take_invite, summary="Join by an invitation.", bucket=JOIN),
    Route(method="DELETE", path=_INVITE, handler=delete_invite, summary="Withdraw an invitation."),
)
