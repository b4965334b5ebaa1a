"""REST of the audit log."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from agora.domains.place.accounts import Users, build_user
from agora.domains.place.audit.queries import Filter, list_entries
from agora.domains.place.audit.wire import build_entry
from agora.kernel.access import OWNER, needs
from agora.kernel.clock import iso
from agora.kernel.http import Request, Route
from agora.protocol.permissions import Permission

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]


class LogQuery(msgspec.Struct, frozen=True):
    """Discord's filters; pages by entry id."""

    user_id: int | None = None
    target_id: int | None = None
    action_type: int | None = None
    before: int | None = None
    after: int | None = None
    limit: Limit = 50


class ServerQuery(msgspec.Struct, frozen=True):
    """Pages by entry id, newest first."""

    before: int | None = None
    limit: Limit = 50


async def get_guild_log(request: Request) -> dict[str, Any]:
    """A community's log in Discord's shape."""
    query: LogQuery = request.query
    which = Filter(
        guild_id=request.id("guild_id"),
        user_id=query.user_id,
        target_id=query.target_id,
        action_type=query.action_type,
        before=query.before,
        after=query.after,
        limit=query.limit,
    )
    found = await request.ctx.read(list_entries, which)
    users = request.ctx.app.get(Users)
    named = {user_id for each in found for user_id in (each.user_id, each.target_id) if user_id is not None}
    known = (users.get(user_id) for user_id in sorted(named))
    return {
        "audit_log_entries": [build_entry(each) for each in found],
        "users": [build_user(user) for user in known if user is not None],
        "integrations": [],
        "webhooks": [],
        "guild_scheduled_events": [],
        "threads": [],
        "application_commands": [],
        "auto_moderation_rules": [],
    }


async def get_server_log(request: Request) -> dict[str, Any]:
    """What was done to the server itself: communities founded and ended, credentials revoked."""
    query: ServerQuery = request.query
    which = Filter(guild_id=None, before=query.before, limit=query.limit)
    found = await request.ctx.read(list_entries, which)
    items = [build_entry(each) | {"action": each.action, "at": iso(each.at)} for each in found]
    return {"items": items, "next": str(found[-1].id) if len(found) == query.limit else None}


ROUTES = (
    Route(
        method="GET",
        path="/api/v10/guilds/{guild_id}/audit-logs",
        handler=get_guild_log,
        summary="Who did what in a community; needs VIEW_AUDIT_LOG.",
        access=needs(Permission.VIEW_AUDIT_LOG),
        query=LogQuery,
    ),
    Route(
        method="GET",
        path="/api/agora/audit",
        handler=get_server_log,
        summary="What was done to the server itself; for its owner.",
        access=OWNER,
        query=ServerQuery,
    ),
)
