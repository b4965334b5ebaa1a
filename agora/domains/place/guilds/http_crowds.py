"""REST of many members at once: bans in bulk, and pruning."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from agora.domains.place.guilds import members
from agora.kernel import ids
from agora.kernel.errors import invalid
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.ids import Id

CROWD = Bucket("guilds.crowd", 5, 60.0)
Days = Annotated[int, msgspec.Meta(ge=1, le=30)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=604_800)]
Roles = Annotated[list[Id], msgspec.Meta(max_length=100)]
USUAL_DAYS = 7


class BulkBanBody(msgspec.Struct, frozen=True):
    """Whom to ban, and how far back what they wrote goes with them."""

    user_ids: Annotated[list[Id], msgspec.Meta(max_length=200)]
    delete_message_seconds: Seconds | None = None


class BulkBanAnswer(msgspec.Struct, frozen=True):
    """Who was banned, and who could not be."""

    banned_users: list[str]
    failed_users: list[str]


class PruneQuery(msgspec.Struct, frozen=True):
    """``include_roles`` is a list of ids with commas."""

    days: Days = USUAL_DAYS
    include_roles: str = ""


class PruneBody(msgspec.Struct, frozen=True):
    """``compute_prune_count`` false answers null instead of how many."""

    days: Days | None = None
    compute_prune_count: bool | None = None
    include_roles: Roles | str | None = None


class Pruned(msgspec.Struct, frozen=True):
    """How many went, or would go."""

    pruned: int | None


async def bulk_ban(request: Request) -> BulkBanAnswer:
    """Ban several."""
    body: BulkBanBody = request.body
    wanted = _ids(body.user_ids, "user_ids")
    banned, failed = await members.ban_members(request.ctx, request.id("guild_id"), wanted, body.delete_message_seconds or 0)
    return BulkBanAnswer([str(each) for each in banned], [str(each) for each in failed])


async def count_prune(request: Request) -> Pruned:
    """How many would go."""
    query: PruneQuery = request.query
    roles = _ids([each for each in query.include_roles.split(",") if each], "include_roles")
    count = await members.prune_members(request.ctx, request.id("guild_id"), query.days, roles, count_only=True)
    return Pruned(count)


async def prune(request: Request) -> Pruned:
    """Kick the silent."""
    body: PruneBody = request.body
    given = body.include_roles.split(",") if isinstance(body.include_roles, str) else body.include_roles or []
    roles = _ids([each for each in given if each], "include_roles")
    days = body.days or USUAL_DAYS
    count = await members.prune_members(request.ctx, request.id("guild_id"), days, roles, count_only=False)
    return Pruned(None if body.compute_prune_count is False else count)


def _ids(texts: Iterable[Id], field: str) -> list[int]:
    found = []
    for index, text in enumerate(texts):
        value = ids.parse(text)
        if value is None:
            raise invalid(f"{field}.{index}", f'Value "{str(text)[:40]}" is not snowflake.', "NUMBER_TYPE_COERCE")
        found.append(value)
    return found


_GUILD = "/api/v10/guilds/{guild_id}"

ROUTES = (
    Route(
        method="POST",
        path=f"{_GUILD}/bulk-ban",
        handler=bulk_ban,
        summary="Ban up to 200 users; needs BAN_MEMBERS and MANAGE_GUILD.",
        body=BulkBanBody,
        answer=BulkBanAnswer,
        bucket=CROWD,
    ),
    Route(
        method="GET",
        path=f"{_GUILD}/prune",
        handler=count_prune,
        summary="How many members have been silent; needs KICK_MEMBERS and MANAGE_GUILD.",
        query=PruneQuery,
        answer=Pruned,
    ),
    Route(
        method="POST",
        path=f"{_GUILD}/prune",
        handler=prune,
        summary="Kick members who have been silent; needs KICK_MEMBERS and MANAGE_GUILD.",
        body=PruneBody,
        answer=Pruned,
        bucket=CROWD,
    ),
)
