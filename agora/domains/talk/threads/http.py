"""REST of threads: https://discord.com/developers/docs/topics/threads. Changing and ending one goes by the channel's own routes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from agora.domains.place.channels import build_thread, build_thread_member
from agora.domains.place.guilds import build_member
from agora.domains.place.permissions import ChannelFacts, Directory, ThreadMember, check
from agora.domains.talk.files import read_form
from agora.domains.talk.messages import MessageCreate, build_draft
from agora.domains.talk.threads import lists, members, service
from agora.domains.talk.threads.service import NewThread
from agora.kernel import ids
from agora.kernel.errors import invalid
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.ids import Id
from agora.protocol import payloads
from agora.protocol.channel_types import ChannelType
from agora.protocol.permissions import Permission

START = Bucket("threads.start", 50, 60.0)
Minutes = Literal[60, 1440, 4320, 10080]
Slowmode = Annotated[int, msgspec.Meta(ge=0, le=21_600)]
Tags = Annotated[list[Id], msgspec.Meta(max_length=5)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]


class FromMessageBody(msgspec.Struct, frozen=True, kw_only=True):
    """A thread to begin with a message."""

    name: str
    auto_archive_duration: Minutes | None = None
    rate_limit_per_user: Slowmode | None = None


class StartBody(FromMessageBody, frozen=True, kw_only=True):
    """A thread to begin without a message (private unless ``type`` is 11), or with ``message`` a forum's post."""

    type: Literal[10, 11, 12] | None = None
    invitable: bool | None = None
    message: MessageCreate | None = None
    applied_tags: Tags | None = None


class MembersQuery(msgspec.Struct, frozen=True):
    """Paging by user id; ``with_member`` adds the member of the community."""

    after: int = 0
    limit: Limit = 100
    with_member: bool = False


class MemberQuery(msgspec.Struct, frozen=True):
    """``with_member`` adds the member of the community."""

    with_member: bool = False


class ArchivedQuery(msgspec.Struct, frozen=True):
    """Paging by ISO 8601 time of archiving."""

    before: str | None = None
    limit: Limit = 50


class OwnQuery(msgspec.Struct, frozen=True):
    """Paging by thread id."""

    before: int | None = None
    limit: Limit = 50


class SearchQuery(msgspec.Struct, frozen=True):
    """What to look for; ``tag`` is a list of ids with commas."""

    name: Annotated[str, msgspec.Meta(max_length=100)] = ""
    tag: str = ""
    tag_setting: Literal["match_all", "match_some"] = "match_some"
    archived: bool | None = None
    sort_by: Literal["last_message_time", "archive_time", "relevance", "creation_time"] = "last_message_time"
    sort_order: Literal["asc", "desc"] = "desc"
    limit: Annotated[int, msgspec.Meta(ge=1, le=25)] = 25
    offset: Annotated[int, msgspec.Meta(ge=0, le=9975)] = 0


class FlagsBody(msgspec.Struct, frozen=True):
    """How much one wants to hear: Discord's bits (1 interacted, 2 all messages, 4 only mentions, 8 nothing)."""

    flags: Annotated[int, msgspec.Meta(ge=0, le=15)]


async def start_from_message(request: Request) -> payloads.Thread:
    """Begin a thread with a message."""
    body: FromMessageBody = request.body
    new = NewThread(name=body.name, auto_archive_min=body.auto_archive_duration, rate_limit_per_user=body.rate_limit_per_user)
    thread = await service.start_from_message(request.ctx, request.id("channel_id"), request.id("message_id"), new)
    return _built(request, thread)


async def start(request: Request) -> payloads.Thread:
    """Begin a thread, or post in a forum."""
    channel_id = request.id("channel_id")
    channel = check(request.ctx, int(Permission.VIEW_CHANNEL), channel_id=channel_id)
    attach = int(Permission.ATTACH_FILES)
    form = await read_form(request, StartBody, channel.guild_id, lambda: check(request.ctx, attach, channel_id=channel_id))
    body = form.body
    new = NewThread(
        name=body.name,
        auto_archive_min=body.auto_archive_duration,
        rate_limit_per_user=body.rate_limit_per_user,
        private=body.message is None and body.type in (None, ChannelType.PRIVATE_THREAD),
        invitable=body.invitable is not False,
        tags=tuple(_id(each, f"applied_tags.{index}") for index, each in enumerate(body.applied_tags or ())),
    )
    if body.message is None:
        if form.files:
            raise invalid("message", "Files belong to a message: only a post in a forum has one.", "BASE_TYPE_REQUIRED")
        return _built(request, await service.start(request.ctx, channel_id, new))
    thread, wire = await service.post(request.ctx, channel_id, new, build_draft(channel_id, body.message, form.files))
    return msgspec.structs.replace(_built(request, thread), message=msgspec.Raw(wire))


async def list_open(request: Request) -> lists.Threads:
    """All open threads the caller sees."""
    return lists.list_open(request.ctx, request.id("guild_id"))


async def list_public(request: Request) -> lists.Threads:
    """A channel's archived public threads."""
    query: ArchivedQuery = request.query
    return lists.list_archived(request.ctx, request.id("channel_id"), query.before, query.limit, private=False)


async def list_private(request: Request) -> lists.Threads:
    """A channel's archived private threads."""
    query: ArchivedQuery = request.query
    return lists.list_archived(request.ctx, request.id("channel_id"), query.before, query.limit, private=True)


async def list_own(request: Request) -> lists.Threads:
    """A channel's archived private threads the caller takes part in."""
    query: OwnQuery = request.query
    return lists.list_own_archived(request.ctx, request.id("channel_id"), query.before, query.limit)


async def search(request: Request) -> lists.Threads:
    """A channel's threads by name, tag and state."""
    query: SearchQuery = request.query
    wanted = lists.Search(
        name=query.name,
        tags=tuple(_id(each, "tag") for each in query.tag.split(",") if each),
        all_tags=query.tag_setting == "match_all",
        archived=query.archived,
        by=query.sort_by,
        ascending=query.sort_order == "asc",
        limit=query.limit,
        offset=query.offset,
    )
    return await lists.search(request.ctx, request.id("channel_id"), wanted)


async def list_members(request: Request) -> list[payloads.ThreadMember]:
    """Who takes part."""
    query: MembersQuery = request.query
    thread = service.get_thread(request.ctx, request.id("channel_id"))
    found = members.list_thread_members(request.ctx, thread, query.after, query.limit)
    return [_member(request, thread, each, whole=query.with_member) for each in found]


async def get_member(request: Request) -> payloads.ThreadMember:
    """One membership."""
    thread = service.get_thread(request.ctx, request.id("channel_id"))
    member = members.get_thread_member(request.ctx, thread, request.id("user_id"))
    return _member(request, thread, member, whole=request.query.with_member)


async def join(request: Request) -> None:
    """Take part."""
    await members.join(request.ctx, request.id("channel_id"))


async def leave(request: Request) -> None:
    """Take part no more."""
    await members.leave(request.ctx, request.id("channel_id"))


async def add(request: Request) -> None:
    """Ask somebody in."""
    await members.add(request.ctx, request.id("channel_id"), request.id("user_id"))


async def remove(request: Request) -> None:
    """Take somebody out."""
    await members.remove(request.ctx, request.id("channel_id"), request.id("user_id"))


async def set_flags(request: Request) -> payloads.ThreadMember:
    """Say how much one wants to hear."""
    thread_id = request.id("channel_id")
    return build_thread_member(thread_id, await members.set_flags(request.ctx, thread_id, request.body.flags))


def _built(request: Request, thread: ChannelFacts) -> payloads.Thread:
    directory = request.ctx.app.get(Directory)
    return build_thread(thread, directory.thread_members(thread.id).get(request.ctx.actor.user_id))


def _member(request: Request, thread: ChannelFacts, member: ThreadMember, *, whole: bool) -> payloads.ThreadMember:
    built = build_thread_member(thread.id, member)
    facts = request.ctx.app.get(Directory).member(thread.guild_id or 0, member.user_id) if whole else None
    return built if facts is None else msgspec.structs.replace(built, member=build_member(request.ctx.app, facts))


def _id(text: Id, field: str) -> int:
    value = ids.parse(text)
    if value is None:
        raise invalid(field, f'Value "{str(text)[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
    return value


_CHANNEL = "/api/v10/channels/{channel_id}"
_MEMBERS = f"{_CHANNEL}/thread-members"
_T = payloads.Thread
_A: Any = lists.Threads

ROUTES = (
    Route(
        method="POST",
        path=f"{_CHANNEL}/messages/{{message_id}}/threads",
        handler=start_from_message,
        summary="Begin a thread with a message; needs CREATE_PUBLIC_THREADS.",
        body=FromMessageBody,
        answer=_T,
        status=201,
        bucket=START,
    ),
    Route(
        method="POST",
        path=f"{_CHANNEL}/threads",
        handler=start,
        summary="Begin a thread (needs CREATE_PUBLIC_THREADS or CREATE_PRIVATE_THREADS), or post in a forum (SEND_MESSAGES).",
        body=StartBody,
        raw=True,
        answer=_T,
        status=201,
        bucket=START,
    ),
    Route(
        method="GET",
        path="/api/v10/guilds/{guild_id}/threads/active",
        handler=list_open,
        summary="All open threads of a community that the caller sees.",
        answer=_A,
    ),
    Route(
        method="GET",
        path=f"{_CHANNEL}/threads/archived/public",
        handler=list_public,
        summary="A channel's archived public threads.",
        query=ArchivedQuery,
        answer=_A,
    ),
    Route(
        method="GET",
        path=f"{_CHANNEL}/threads/archived/private",
        handler=list_private,
        summary="A channel's archived private threads; needs MANAGE_THREADS.",
        query=ArchivedQuery,
        answer=_A,
    ),
    Route(
        method="GET",
        path=f"{_CHANNEL}/users/@me/threads/archived/private",
        handler=list_own,
        summary="A channel's archived private threads the caller takes part in.",
        query=OwnQuery,
        answer=_A,
    ),
    Route(
        method="GET",
        path=f"{_CHANNEL}/threads/search",
        handler=search,
        summary="A channel's threads by name, tag and state, with their first messages.",
        query=SearchQuery,
        answer=_A,
    ),
    Route(
        method="GET",
        path=_MEMBERS,
        handler=list_members,
        summary="Who takes part in a thread.",
        query=MembersQuery,
        answer=list[payloads.ThreadMember],
    ),
    Route(method="PUT", path=f"{_MEMBERS}/@me", handler=join, summary="Take part in a thread.", status=204),
    Route(method="DELETE", path=f"{_MEMBERS}/@me", handler=leave, summary="Take part in a thread no more.", status=204),
    Route(
        method="PATCH",
        path=f"{_MEMBERS}/@me/settings",
        handler=set_flags,
        summary="Say how much one wants to hear of a thread.",
        body=FlagsBody,
        answer=payloads.ThreadMember,
    ),
    Route(
        method="GET",
        path=f"{_MEMBERS}/{{user_id}}",
        handler=get_member,
        summary="A membership of a thread.",
        query=MemberQuery,
        answer=payloads.ThreadMember,
    ),
    Route(
        method="PUT",
        path=f"{_MEMBERS}/{{user_id}}",
        handler=add,
        summary="Ask somebody into a thread; needs SEND_MESSAGES_IN_THREADS.",
        status=204,
    ),
    Route(
        method="DELETE",
        path=f"{_MEMBERS}/{{user_id}}",
        handler=remove,
        summary="Take somebody out of a thread; needs MANAGE_THREADS.",
        status=204,
    ),
)
