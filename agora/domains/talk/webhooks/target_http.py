"""REST of outgoing webhooks: Agora's own, for who manages webhooks in the community."""

from __future__ import annotations

import secrets
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from agora.domains.place.permissions import check
from agora.domains.talk.webhooks.bodies import Name, clean_name
from agora.domains.talk.webhooks.courier import Courier
from agora.domains.talk.webhooks.settings import WebhookSettings
from agora.domains.talk.webhooks.target import Delivery, Target, is_listed
from agora.domains.talk.webhooks.target_queries import count_deliveries, find_target, list_dead, list_targets
from agora.domains.talk.webhooks.target_writes import (
    do_create_target,
    do_delete_target,
    do_drop_dead,
    do_retry,
    do_update_target,
)
from agora.kernel.access import needs
from agora.kernel.clock import iso
from agora.kernel.ctx import Ctx
from agora.kernel.errors import NotFound, invalid
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.ids import MAX_SNOWFLAKE, Id, parse
from agora.protocol.permissions import Permission

_ALL = "/api/agora/guilds/{guild_id}/webhook-targets"
_ONE = _ALL + "/{target_id}"
_MANAGE = needs(int(Permission.MANAGE_WEBHOOKS))
_BUCKET = Bucket("webhooks.targets", 20, 10.0)

EventName = Literal["MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"]
Events = Annotated[tuple[EventName, ...], Meta(min_length=1, max_length=3)]
Url = Annotated[str, Meta(max_length=2048)]


class TargetCreate(msgspec.Struct, frozen=True):
    """``url`` must begin with one of ``[webhooks] targets``; without ``channel_id`` it hears every channel that its maker sees."""

    name: Name
    url: Url
    channel_id: Id | None = None
    events: Events = ("MESSAGE_CREATE",)


class TargetPatch(msgspec.Struct, frozen=True):
    """What is absent stays. ``new_secret``: sign with another one from now on."""

    name: Name | UnsetType = UNSET
    url: Url | UnsetType = UNSET
    events: Events | UnsetType = UNSET
    paused: bool | UnsetType = UNSET
    new_secret: bool = False


class TargetObject(msgspec.Struct, frozen=True, kw_only=True):
    """An outgoing webhook. ``secret`` signs; ``waiting`` and ``dead`` count what was not delivered yet, or will not be."""

    id: str
    guild_id: str
    channel_id: str | None
    creator_id: str
    name: str
    url: str
    secret: str
    events: list[str]
    paused: bool
    waiting: int = 0
    dead: int = 0


class TargetList(msgspec.Struct, frozen=True):
    """All of a community. ``allowed`` are the addresses that the operator lists."""

    items: list[TargetObject]
    next: str | None
    allowed: list[str]


class DeadLetter(msgspec.Struct, frozen=True):
    """What could not be delivered: ``body`` is what would have been sent, ``error`` why it failed last."""

    id: str
    event_id: str
    event: str
    at: str
    tries: int
    error: str
    body: str


class DeadList(msgspec.Struct, frozen=True):
    """The newest first."""

    items: list[DeadLetter]
    next: str | None


class DeadQuery(msgspec.Struct, frozen=True):
    """``cursor`` is the ``next`` of the page before."""

    cursor: str | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 25


class Count(msgspec.Struct, frozen=True):
    """How many letters."""

    count: int


async def post_target(request: Request) -> TargetObject:
    """Make one."""
    ctx, body, guild_id = request.ctx, request.body, request.id("guild_id")
    target = Target(
        id=ctx.app.ids.next(),
        guild_id=guild_id,
        channel_id=None if body.channel_id is None else _check_channel(ctx, guild_id, body.channel_id),
        creator_id=ctx.actor.user_id,
        name=clean_name(body.name),
        url=_check_url(ctx, body.url),
        secret=secrets.token_urlsafe(32),
        events=tuple(dict.fromkeys(body.events)),
    )
    await ctx.write(do_create_target, target)
    return _build(target, {})


async def get_targets(request: Request) -> TargetList:
    """All of the community."""
    ctx = request.ctx
    found, counts = await ctx.read(list_targets, request.id("guild_id")), await ctx.read(count_deliveries)
    allowed = list(ctx.app.config.get(WebhookSettings).targets)
    return TargetList([_build(target, counts) for target in found], None, allowed)


async def patch_target(request: Request) -> TargetObject:
    """Change one."""
    ctx, body = request.ctx, request.body
    changes: dict[str, object] = {}
    if body.name is not UNSET:
        changes["name"] = clean_name(body.name)
    if body.url is not UNSET:
        changes["url"] = _check_url(ctx, body.url)
    if body.events is not UNSET:
        changes["events"] = tuple(dict.fromkeys(body.events))
    if body.paused is not UNSET:
        changes["paused"] = body.paused
    if body.new_secret:
        changes["secret"] = secrets.token_urlsafe(32)
    target = await ctx.write(do_update_target, request.id("target_id"), request.id("guild_id"), changes)
    return _build(target, await ctx.read(count_deliveries))


async def delete_target(request: Request) -> None:
    """End one."""
    await request.ctx.write(do_delete_target, request.id("target_id"), request.id("guild_id"))


async def get_dead(request: Request) -> DeadList:
    """Its dead letters."""
    target, query = await _get(request), request.query
    before = MAX_SNOWFLAKE if query.cursor is None else parse(query.cursor)
    if before is None:
        raise invalid("cursor", "Value is not snowflake.", "NUMBER_TYPE_COERCE")
    found = await request.ctx.read(list_dead, target.id, before, query.limit + 1)
    shown = found[: query.limit]
    return DeadList([_letter(each) for each in shown], str(shown[-1].id) if len(found) > len(shown) else None)


async def post_retry(request: Request) -> Count:
    """Try all of them again."""
    target = await _get(request)
    count = await request.ctx.write(do_retry, target.id)
    request.ctx.app.get(Courier).poke(target.id)
    return Count(count)


async def delete_dead(request: Request) -> Count:
    """Throw them away."""
    return Count(await request.ctx.write(do_drop_dead, (await _get(request)).id))


async def _get(request: Request) -> Target:
    target = await request.ctx.read(find_target, request.id("target_id"), request.id("guild_id"))
    if target is None:
        raise NotFound("There is no such outgoing webhook.")
    return target


def _check_url(ctx: Ctx, url: str) -> str:
    listed = ctx.app.config.get(WebhookSettings).targets
    if not is_listed(url, listed):
        known = ", ".join(listed) or "none yet"
        raise invalid("url", f"This server tells only addresses that its operator lists in [webhooks] targets ({known}).")
    return url


def _check_channel(ctx: Ctx, guild_id: int, value: Id) -> int:
    number = parse(value)
    if number is None:
        raise invalid("channel_id", "Value is not snowflake.", "NUMBER_TYPE_COERCE")
    if check(ctx, int(Permission.VIEW_CHANNEL), channel_id=number).guild_id != guild_id:
        raise invalid("channel_id", "The channel belongs to another guild.", "CHANNEL_NOT_IN_GUILD")
    return number


def _build(target: Target, counts: dict[tuple[int, bool], int]) -> TargetObject:
    return TargetObject(
        id=str(target.id),
        guild_id=str(target.guild_id),
        channel_id=None if target.channel_id is None else str(target.channel_id),
        creator_id=str(target.creator_id),
        name=target.name,
        url=target.url,
        secret=target.secret,
        events=list(target.events),
        paused=target.paused,
        waiting=counts.get((target.id, False), 0),
        dead=counts.get((target.id, True), 0),
    )


def _letter(each: Delivery) -> DeadLetter:
    return DeadLetter(str(each.id), str(each.event_id), each.event, iso(each.at), each.tries, each.error or "", each.body)


ROUTES = (
    Route(
        method="POST",
        path=_ALL,
        handler=post_target,
        summary="Make an outgoing webhook.",
        access=_MANAGE,
        body=TargetCreate,
        answer=TargetObject,
        bucket=_BUCKET,
    ),
    Route(
        method="GET",
        path=_ALL,
        handler=get_targets,
        summary="The outgoing webhooks of a community.",
        access=_MANAGE,
        answer=TargetList,
        bucket=_BUCKET,
    ),
    Route(
        method="PATCH",
        path=_ONE,
        handler=patch_target,
        summary="Change or pause an outgoing webhook.",
        access=_MANAGE,
        body=TargetPatch,
        answer=TargetObject,
        bucket=_BUCKET,
    ),
    Route(
        method="DELETE",
        path=_ONE,
        handler=delete_target,
        summary="End an outgoing webhook, with all that waits for it.",
        access=_MANAGE,
        status=204,
        bucket=_BUCKET,
    ),
    Route(
        method="GET",
        path=_ONE + "/dead",
        handler=get_dead,
        summary="What could not be delivered to it.",
        access=_MANAGE,
        query=DeadQuery,
        answer=DeadList,
        bucket=_BUCKET,
    ),
    Route(
        method="POST",
        path=_ONE + "/dead/retry",
        handler=post_retry,
        summary="Try all dead letters again.",
        access=_MANAGE,
        answer=Count,
        bucket=_BUCKET,
    ),
    Route(
        method="DELETE",
        path=_ONE + "/dead",
        handler=delete_dead,
        summary="Throw all dead letters away.",
        access=_MANAGE,
        answer=Count,
        bucket=_BUCKET,
    ),
)
