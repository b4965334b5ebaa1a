"""REST of moving and merging, which Discord has no word for."""

from __future__ import annotations

import msgspec

from agora.domains.place.channels import build_thread
from agora.domains.talk.threads import moving
from agora.kernel.errors import invalid
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.ids import Id, parse
from agora.protocol import payloads

_CHANNEL = "/api/agora/channels/{channel_id}"
_MOVE = Bucket("threads.move", 10, 60.0)


class MoveBody(msgspec.Struct, frozen=True):
    """The channel to move to."""

    parent_id: Id


class MergeBody(msgspec.Struct, frozen=True):
    """The thread to go into."""

    thread_id: Id


class Found(msgspec.Struct, frozen=True):
    """Where a thread is that went into another one."""

    guild_id: str
    channel_id: str


def _snowflake(name: str, value: str | int) -> int:
    found = parse(str(value))
    if found is None:
        raise invalid(name, f'Value "{str(value)[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
    return found


async def move(request: Request) -> payloads.Thread:
    """Move a thread."""
    body: MoveBody = request.body
    return build_thread(await moving.move_thread(request.ctx, request.id("channel_id"), _snowflake("parent_id", body.parent_id)))


async def merge(request: Request) -> payloads.Thread:
    """Merge it."""
    body: MergeBody = request.body
    return build_thread(await moving.merge_threads(request.ctx, request.id("channel_id"), _snowflake("thread_id", body.thread_id)))


async def find(request: Request) -> Found:
    """Follow an old link."""
    thread = await moving.find_place(request.ctx, request.id("channel_id"))
    return Found(str(thread.guild_id), str(thread.id))


ROUTES = (
    Route(
        method="POST",
        path=f"{_CHANNEL}/move",
        handler=move,
        summary="Move a thread to another channel of its community; needs MANAGE_THREADS in both.",
        body=MoveBody,
        answer=payloads.Thread,
        bucket=_MOVE,
    ),
    Route(
        method="POST",
        path=f"{_CHANNEL}/merge",
        handler=merge,
        summary="Put all messages of a thread into another one of its community; needs MANAGE_THREADS in both.",
        body=MergeBody,
        answer=payloads.Thread,
        bucket=_MOVE,
    ),
    Route(
        method="GET",
        path=f"{_CHANNEL}/merged",
        handler=find,
        summary="Where the messages of a thread are that went into another one.",
        answer=Found,
    ),
)
