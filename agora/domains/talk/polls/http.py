"""REST: https://discord.com/developers/docs/resources/poll."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from agora.domains.place.accounts import Users, build_user
from agora.domains.talk.messages import read_one
from agora.domains.talk.polls.service import end, read_voters, vote
from agora.kernel.access import needs
from agora.kernel.errors import invalid
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.ids import parse
from agora.protocol.payloads import Message
from agora.protocol.permissions import Permission

POLL = "/api/v10/channels/{channel_id}/polls/{message_id}"
_SEE = needs(int(Permission.VIEW_CHANNEL))
_BUCKET = Bucket("polls", 10, 5.0, by="channel_id")


class VotersQuery(msgspec.Struct, frozen=True):
    """A page of voters, by id."""

    after: str | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 25


class VoteBody(msgspec.Struct, frozen=True):
    """All answers one votes for; none takes the votes back."""

    answer_ids: Annotated[tuple[int | str, ...], Meta(max_length=10)]


async def get_voters(request: Request) -> dict[str, Any]:
    """Who votes for an answer."""
    query: VotersQuery = request.query
    after = 0 if query.after is None else parse(query.after)
    if after is None:
        raise invalid("after", f'Value "{str(query.after)[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
    ids = await read_voters(request.ctx, request.id("channel_id"), request.id("message_id"), _answer(request), after, query.limit)
    users = request.ctx.app.get(Users)
    return {"users": [build_user(user) for user in map(users.get, ids) if user is not None]}


def _answer(request: Request) -> int:
    return request.id("answer_id")


async def post_expire(request: Request) -> bytes:
    """End one's own poll."""
    channel_id, message_id = request.id("channel_id"), request.id("message_id")
    await end(request.ctx, channel_id, message_id)
    return await read_one(request.ctx, channel_id, message_id)


async def put_vote(request: Request) -> None:
    """Vote."""
    answers = [parse(each) for each in request.body.answer_ids]
    known = [each for each in answers if each is not None]
    if len(known) < len(answers):
        raise invalid("answer_ids", "The poll has no such answer.")
    await vote(request.ctx, request.id("channel_id"), request.id("message_id"), known)


ROUTES = (
    Route(
        method="PUT",
        path=POLL + "/answers/@me",
        handler=put_vote,
        summary="Vote in a poll, or take one's votes back.",
        access=_SEE,
        body=VoteBody,
        status=204,
        bucket=_BUCKET,
    ),
    Route(
        method="GET",
        path=POLL + "/answers/{answer_id}",
        handler=get_voters,
        summary="Who votes for an answer.",
        access=_SEE,
        query=VotersQuery,
        answer=dict[str, Any],
        bucket=_BUCKET,
    ),
    Route(
        method="POST",
        path=POLL + "/expire",
        handler=post_expire,
        summary="End one's own poll.",
        access=_SEE,
        answer=Message,
        bucket=_BUCKET,
    ),
)
