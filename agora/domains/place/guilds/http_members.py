"""REST of members and bans."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.place.accounts import Users, build_user
from agora.domains.place.guilds import members
from agora.domains.place.guilds.model import Ban, MemberEdit
from agora.domains.place.guilds.wire import build_member
from agora.domains.place.permissions import Directory, MemberFacts, check_guild
from agora.kernel import ids
from agora.kernel.errors import invalid
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.ids import Id
from agora.protocol import payloads

# It walks through all names: 0.1 s for 100,000 members.
SEARCH = Bucket("guilds.search", 10, 10.0)
Thousand = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=604_800)]
Query = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class MembersQuery(msgspec.Struct, frozen=True):
    """Paging by user id; Discord's limit is 1 when none is given."""

    limit: Thousand = 1
    after: int = 0


class SearchQuery(msgspec.Struct, frozen=True):
    """What names must begin with."""

    query: Query
    limit: Thousand = 1


class MemberBody(msgspec.Struct, frozen=True):
    """``communication_disabled_until`` is an ISO 8601 time or null."""

    nick: str | UnsetType | None = UNSET
    roles: tuple[Id, ...] | UnsetType | None = UNSET
    communication_disabled_until: str | UnsetType | None = UNSET


class OwnMemberBody(msgspec.Struct, frozen=True):
    """What a member may change about themselves."""

    nick: str | UnsetType | None = UNSET


class BanBody(msgspec.Struct, frozen=True):
    """How far back what they wrote goes with them; days is the older form."""

    delete_message_seconds: Seconds | None = None
    delete_message_days: Annotated[int, msgspec.Meta(ge=0, le=7)] | None = None


class BansQuery(msgspec.Struct, frozen=True):
    """Paging by user id."""

    limit: Thousand = 1000
    after: int = 0


async def list_members(request: Request) -> list[payloads.Member]:
    """Members by user id."""
    found = members.list_members(request.ctx, request.id("guild_id"), request.query.after, request.query.limit)
    return [build_member(request.ctx.app, each) for each in found]


async def search(request: Request) -> list[payloads.Member]:
    """Members whose names begin so."""
    found = members.search_members(request.ctx, request.id("guild_id"), request.query.query, request.query.limit)
    return [build_member(request.ctx.app, each) for each in found]


async def get_member(request: Request) -> payloads.Member:
    """One member."""
    guild_id = request.id("guild_id")
    check_guild(request.ctx, 0, guild_id=guild_id)
    return build_member(request.ctx.app, members.get_member(request.ctx, guild_id, request.id("user_id")))


async def get_own(request: Request) -> payloads.Member:
    """The caller as a member."""
    guild_id = request.id("guild_id")
    check_guild(request.ctx, 0, guild_id=guild_id)
    return _own(request, members.get_member(request.ctx, guild_id, request.ctx.actor.user_id))


async def edit_member(request: Request) -> payloads.Member:
    """Change a member."""
    body: MemberBody = request.body
    edit = MemberEdit(nick=body.nick, roles=_roles(body.roles), timeout_until=_until(body.communication_disabled_until))
    after = await members.edit_member(request.ctx, request.id("guild_id"), request.id("user_id"), edit)
    return build_member(request.ctx.app, after)


async def edit_own(request: Request) -> payloads.Member:
    """Change the caller's nickname."""
    edit = MemberEdit(nick=request.body.nick)
    actor_id = request.ctx.actor.user_id
    return _own(request, await members.edit_member(request.ctx, request.id("guild_id"), actor_id, edit))


async def kick(request: Request) -> None:
    """Remove a member."""
    await members.remove_member(request.ctx, request.id("guild_id"), request.id("user_id"))


async def give_role(request: Request) -> None:
    """Give a member a role."""
    guild_id, user_id = request.id("guild_id"), request.id("user_id")
    await members.set_role(request.ctx, guild_id, user_id, request.id("role_id"), held=True)


async def take_role(request: Request) -> None:
    """Take a role from a member."""
    guild_id, user_id = request.id("guild_id"), request.id("user_id")
    await members.set_role(request.ctx, guild_id, user_id, request.id("role_id"), held=False)


async def list_bans(request: Request) -> list[dict[str, Any]]:
    """Who may not join."""
    query: BansQuery = request.query
    found = await members.list_guild_bans(request.ctx, request.id("guild_id"), query.after, query.limit)
    return [built for each in found if (built := _build_ban(request, each)) is not None]


async def get_ban(request: Request) -> dict[str, Any] | None:
    """Why one user may not join."""
    ban = await members.get_ban(request.ctx, request.id("guild_id"), request.id("user_id"))
    return _build_ban(request, ban)


async def ban(request: Request) -> None:
    """Remove a user and keep them out."""
    body: BanBody = request.body
    back_s = body.delete_message_seconds or (body.delete_message_days or 0) * 86_400
    await members.ban_member(request.ctx, request.id("guild_id"), request.id("user_id"), back_s)


async def unban(request: Request) -> None:
    """Let a user join again."""
    await members.unban_member(request.ctx, request.id("guild_id"), request.id("user_id"))


def _own(request: Request, member: MemberFacts) -> payloads.Member:
    guild_id = request.id("guild_id")
    bits = request.ctx.app.get(Directory).guild_permissions(member.user_id, guild_id)
    return msgspec.structs.replace(build_member(request.ctx.app, member), permissions=str(bits))


def _build_ban(request: Request, ban: Ban) -> dict[str, Any] | None:
    user = request.ctx.app.get(Users).get(ban.user_id)
    return None if user is None else {"user": build_user(user), "reason": ban.reason}


def _roles(texts: tuple[Id, ...] | UnsetType | None) -> tuple[int, ...] | UnsetType:
    if texts is UNSET:
        return UNSET
    found = [ids.parse(text) for text in texts or ()]
    if None in found:
        raise invalid("roles", "Each role must be a snowflake.", "NUMBER_TYPE_COERCE")
    return tuple(role_id for role_id in found if role_id is not None)


def _until(text: str | UnsetType | None) -> int | UnsetType:
    if text is UNSET:
        return UNSET
    if text is None:
        return 0
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid("communication_disabled_until", "Must be an ISO 8601 time.", "DATE_TIME_TYPE_PARSE") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


_MEMBERS = "/api/v10/guilds/{guild_id}/members"
_BANS = "/api/v10/guilds/{guild_id}/bans"
_M = payloads.Member

ROUTES = (
    Route(method="GET", path=_MEMBERS, handler=list_members, summary="Members.", query=MembersQuery, answer=list[_M]),
    Route(
        method="GET",
        path=f"{_MEMBERS}/search",
        handler=search,
        summary="Members by the beginning of a name.",
        query=SearchQuery,
        answer=list[_M],
        bucket=SEARCH,
    ),
    Route(method="GET", path=f"{_MEMBERS}/{{user_id}}", handler=get_member, summary="A member.", answer=_M),
    Route(
        method="PATCH",
        path=f"{_MEMBERS}/{{user_id}}",
        handler=edit_member,
        summary="Change a member's nickname, roles or timeout; each needs its own permission.",
        body=MemberBody,
        answer=_M,
    ),
    Route(
        method="PATCH",
        path=f"{_MEMBERS}/@me",
        handler=edit_own,
        summary="Change the caller's nickname; needs CHANGE_NICKNAME.",
        body=OwnMemberBody,
        answer=_M,
    ),
    Route(
        method="GET",
        path="/api/v10/users/@me/guilds/{guild_id}/member",
        handler=get_own,
        summary="The caller as a member.",
        answer=_M,
    ),
    Route(
        method="DELETE",
        path=f"{_MEMBERS}/{{user_id}}",
        handler=kick,
        summary="Remove a member; needs KICK_MEMBERS.",
        status=204,
    ),
    Route(
        method="PUT",
        path=f"{_MEMBERS}/{{user_id}}/roles/{{role_id}}",
        handler=give_role,
        summary="Give a member a role; needs MANAGE_ROLES.",
        status=204,
    ),
    Route(
        method="DELETE",
        path=f"{_MEMBERS}/{{user_id}}/roles/{{role_id}}",
        handler=take_role,
        summary="Take a role from a member; needs MANAGE_ROLES.",
        status=204,
    ),
    Route(method="GET", path=_BANS, handler=list_bans, summary="Who may not join; needs BAN_MEMBERS.", query=BansQuery),
    Route(method="GET", path=f"{_BANS}/{{user_id}}", handler=get_ban, summary="A ban; needs BAN_MEMBERS."),
    Route(
        method="PUT",
        path=f"{_BANS}/{{user_id}}",
        handler=ban,
        summary="Remove a user and keep them out; needs BAN_MEMBERS.",
        body=BanBody,
        status=204,
    ),
    Route(
        method="DELETE",
        path=f"{_BANS}/{{user_id}}",
        handler=unban,
        summary="Let a user join again; needs BAN_MEMBERS.",
        status=204,
    ),
)
