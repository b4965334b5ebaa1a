"""REST of summaries: what stands in the place of history that agents no longer see."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from agora.domains.minds.agents.bodies import read_id
from agora.domains.minds.agents.settings import AgentSettings
from agora.domains.minds.agents.summarising import Summariser
from agora.domains.minds.agents.summary import Summary
from agora.domains.minds.agents.summary_queries import count_summaries, list_all_summaries, list_summaries
from agora.domains.minds.agents.summary_writes import do_drop_channel
from agora.domains.place.permissions import Directory
from agora.domains.talk.messages import check_place
from agora.kernel.access import OWNER
from agora.kernel.app import App
from agora.kernel.errors import Forbidden
from agora.kernel.http import Bucket, Request, Route
from agora.protocol.error_codes import ErrorCode
from agora.protocol.permissions import Permission

_ONE = "/api/agora/channels/{channel_id}/summaries"


class SummaryView(msgspec.Struct, frozen=True, kw_only=True):
    """One summary. It may tell of the messages from ``first_id`` to ``last_id``; without a ``model`` none wrote it.

    ``style`` and ``language`` say for whose prompts: those of the starter or of a chat model, in English or French.
    """

    id: str
    channel_id: str
    channel: str | None
    style: str
    language: str
    first_id: str
    last_id: str
    until_id: str
    text: str
    model: str | None
    created_at: int


class SummaryPage(msgspec.Struct, frozen=True):
    """Summaries, the newest first; of one of several for the same prompts only the newest is used."""

    items: list[SummaryView]
    next: str | None = None


class SummaryState(msgspec.Struct, frozen=True):
    """Whether summaries are made, how many are kept, of how many channels, and how many are being made."""

    on: bool
    kept: int
    channels: int
    making: int
    items: list[SummaryView]
    next: str | None = None


class SummaryQuery(msgspec.Struct, frozen=True):
    """``before``: the last id of the page before."""

    before: str | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 20


class Dropped(msgspec.Struct, frozen=True):
    """How many summaries were dropped."""

    dropped: int


def build_summary_view(app: App, one: Summary) -> SummaryView:
    """As JSON."""
    channel = app.get(Directory).channel(one.channel_id)
    return SummaryView(
        id=str(one.id),
        channel_id=str(one.channel_id),
        channel=None if channel is None else channel.name,
        style=one.style,
        language=one.language,
        first_id=str(one.first_id),
        last_id=str(one.last_id),
        until_id=str(one.until_id),
        text=one.text,
        model=one.model or None,
        created_at=one.created_at,
    )


async def get_summary_state(request: Request) -> SummaryState:
    """All of them."""
    query: SummaryQuery = request.query
    ctx, app = request.ctx, request.ctx.app
    before = read_id(query.before, "before") if query.before else None
    found = await ctx.read(list_all_summaries, before, query.limit)
    kept, channels = await ctx.read(count_summaries)
    summariser = app.find(Summariser)
    return SummaryState(
        on=app.config.get(AgentSettings).summaries,
        kept=kept,
        channels=channels,
        making=summariser.making if summariser is not None else 0,
        items=[build_summary_view(app, one) for one in found],
        next=str(found[-1].id) if len(found) == query.limit else None,
    )


async def get_of_channel(request: Request) -> SummaryPage:
    """A channel's."""
    ctx, channel_id = request.ctx, request.id("channel_id")
    _check(request, channel_id, Permission.READ_MESSAGE_HISTORY)
    return SummaryPage([build_summary_view(ctx.app, one) for one in await ctx.read(list_summaries, channel_id)])


async def delete_of_channel(request: Request) -> Dropped:
    """Drop a channel's."""
    channel_id = request.id("channel_id")
    _check(request, channel_id, Permission.MANAGE_MESSAGES)
    return Dropped(await request.ctx.write(do_drop_channel, channel_id))


def _check(request: Request, channel_id: int, needed: Permission) -> None:
    if not check_place(request.ctx, channel_id).bits & needed:
        raise Forbidden("Missing Permissions", code=ErrorCode.MISSING_PERMISSIONS)


ROUTES = (
    Route(
        method="GET",
        path="/api/agora/summaries",
        handler=get_summary_state,
        summary="What stands in the prompts of agents in the place of old history, in all channels.",
        access=OWNER,
        query=SummaryQuery,
        answer=SummaryState,
    ),
    Route(
        method="GET",
        path=_ONE,
        handler=get_of_channel,
        summary="The same in one channel; needs READ_MESSAGE_HISTORY.",
        answer=SummaryPage,
    ),
    Route(
        method="DELETE",
        path=_ONE,
        handler=delete_of_channel,
        summary="Drop a channel's summaries; new ones are made when agents need them. Needs MANAGE_MESSAGES.",
        answer=Dropped,
        bucket=Bucket("agents.summaries", 10, 10.0),
    ),
)
