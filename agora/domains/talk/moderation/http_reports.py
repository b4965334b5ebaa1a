"""REST of reports: Agora's own, because Discord keeps its for itself."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from agora.domains.talk.moderation import reports
from agora.domains.talk.moderation.wire import ReportObject, build_report
from agora.kernel.access import needs
from agora.kernel.http import Bucket, Request, Route
from agora.protocol.permissions import Permission

REPORT = Bucket("moderation.report", 10, 60.0)
Category = Literal["spam", "abuse", "harm", "other"]


class ReportBody(msgspec.Struct, frozen=True):
    """Why a message is reported."""

    category: Category = "other"
    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class QueueQuery(msgspec.Struct, frozen=True):
    """Pages by report id."""

    state: Literal["open", "dismissed", "acted"] | None = "open"
    before: int | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50


class Queue(msgspec.Struct, frozen=True):
    """A page of reports; ``next`` is the ``before`` of the following one."""

    items: list[ReportObject]
    next: str | None


class DecisionBody(msgspec.Struct, frozen=True):
    """Dismiss the report, or delete the message."""

    decision: Literal["dismiss", "delete"]
    note: Annotated[str, msgspec.Meta(max_length=1000)] | None = None


async def report_message(request: Request) -> ReportObject:
    """Report a message."""
    body: ReportBody = request.body
    channel_id, message_id = request.id("channel_id"), request.id("message_id")
    return build_report(await reports.report_message(request.ctx, channel_id, message_id, body.category, body.reason))


async def list_queue(request: Request) -> Queue:
    """The reports of a community."""
    query: QueueQuery = request.query
    found = await reports.list_queue(request.ctx, request.id("guild_id"), query.state, query.before, query.limit)
    return Queue([build_report(each) for each in found], str(found[-1].id) if len(found) == query.limit else None)


async def decide(request: Request) -> ReportObject:
    """Decide about a report."""
    body: DecisionBody = request.body
    decided = await reports.resolve(request.ctx, request.id("report_id"), remove=body.decision == "delete", note=body.note)
    return build_report(decided)


ROUTES = (
    Route(
        method="POST",
        path="/api/agora/channels/{channel_id}/messages/{message_id}/report",
        handler=report_message,
        summary="Report a message to the moderators of its community.",
        access=needs(int(Permission.VIEW_CHANNEL)),
        body=ReportBody,
        answer=ReportObject,
        status=201,
        bucket=REPORT,
    ),
    Route(
        method="GET",
        path="/api/agora/guilds/{guild_id}/reports",
        handler=list_queue,
        summary="The reports of a community; needs MODERATE_MEMBERS.",
        query=QueueQuery,
        answer=Queue,
    ),
    Route(
        method="POST",
        path="/api/agora/reports/{report_id}",
        handler=decide,
        summary="Decide about a report; needs MODERATE_MEMBERS, and MANAGE_MESSAGES to delete the message.",
        body=DecisionBody,
        answer=ReportObject,
    ),
)
