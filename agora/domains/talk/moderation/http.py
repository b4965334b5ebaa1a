"""REST of rules: https://discord.com/developers/docs/resources/auto-moderation."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from agora.domains.talk.moderation import http_reports, service
from agora.domains.talk.moderation.model import Act, Action, Rule, Trigger
from agora.domains.talk.moderation.wire import RuleObject, build_rule
from agora.kernel import ids
from agora.kernel.errors import invalid
from agora.kernel.http import Bucket, Request, Route
from agora.kernel.ids import Id

RULES = Bucket("moderation.rules", 20, 60.0, by="guild_id")
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Pattern = Annotated[str, msgspec.Meta(min_length=1, max_length=260)]
Text = Annotated[str, msgspec.Meta(max_length=150)]


class MetadataBody(msgspec.Struct, frozen=True):
    """What a rule looks for."""

    keyword_filter: Annotated[list[Word], msgspec.Meta(max_length=1000)] | None = None
    regex_patterns: Annotated[list[Pattern], msgspec.Meta(max_length=10)] | None = None
    allow_list: Annotated[list[Word], msgspec.Meta(max_length=100)] | None = None
    mention_total_limit: Annotated[int, msgspec.Meta(ge=0, le=50)] | None = None
    mention_raid_protection_enabled: bool | None = None


class ActionMetadataBody(msgspec.Struct, frozen=True):
    """Where to, how long, or what the writer is told."""

    channel_id: Id | None = None
    duration_seconds: int | None = None
    custom_message: Text | None = None


class ActionBody(msgspec.Struct, frozen=True):
    """What a rule does: 1 block, 2 alert, 3 timeout."""

    type: Literal[1, 2, 3]
    metadata: ActionMetadataBody = ActionMetadataBody()


Actions = Annotated[list[ActionBody], msgspec.Meta(max_length=5)]
Roles = Annotated[list[Id], msgspec.Meta(max_length=20)]
Channels = Annotated[list[Id], msgspec.Meta(max_length=50)]


class NewBody(msgspec.Struct, frozen=True):
    """A rule to make: 1 keywords, 5 mention spam. Links are keywords such as ``*://*``."""

    name: str
    event_type: Literal[1]
    trigger_type: Literal[1, 5]
    trigger_metadata: MetadataBody | None = None
    actions: Actions | None = None
    enabled: bool | None = None
    exempt_roles: Roles | None = None
    exempt_channels: Channels | None = None


class EditBody(msgspec.Struct, frozen=True):
    """What may change about a rule, but what it looks for in kind."""

    name: str | UnsetType = UNSET
    event_type: Literal[1] | UnsetType = UNSET
    trigger_metadata: MetadataBody | UnsetType | None = UNSET
    actions: Actions | UnsetType | None = UNSET
    enabled: bool | UnsetType | None = UNSET
    exempt_roles: Roles | UnsetType | None = UNSET
    exempt_channels: Channels | UnsetType | None = UNSET


async def list_rules(request: Request) -> list[RuleObject]:
    """All rules."""
    return [build_rule(rule) for rule in service.list_rules(request.ctx, request.id("guild_id"))]


async def get_rule(request: Request) -> RuleObject:
    """One rule."""
    return build_rule(service.get_rule(request.ctx, request.id("guild_id"), request.id("rule_id")))


async def create_rule(request: Request) -> RuleObject:
    """Make a rule."""
    body: NewBody = request.body
    rule = Rule(
        id=request.ctx.app.ids.next(),
        guild_id=request.id("guild_id"),
        creator_id=request.ctx.actor.user_id,
        name=body.name.strip(),
        trigger=body.trigger_type,
        actions=_actions(body.actions or []),
        enabled=body.enabled is True,
        exempt_roles=_ids(body.exempt_roles or [], "exempt_roles"),
        exempt_channels=_ids(body.exempt_channels or [], "exempt_channels"),
    )
    rule = msgspec.structs.replace(rule, **_metadata(body.trigger_metadata or MetadataBody(), rule.trigger))
    return build_rule(await service.create_rule(request.ctx, rule))


async def edit_rule(request: Request) -> RuleObject:
    """Change a rule."""
    body: EditBody = request.body
    rule = service.get_rule(request.ctx, request.id("guild_id"), request.id("rule_id"))
    changes: dict[str, Any] = {}
    if body.name is not UNSET:
        changes["name"] = body.name.strip()
    if body.trigger_metadata is not UNSET:
        changes |= _metadata(body.trigger_metadata or MetadataBody(), rule.trigger)
    if body.actions is not UNSET:
        changes["actions"] = _actions(body.actions or [])
    if body.enabled is not UNSET:
        changes["enabled"] = body.enabled is True
    if body.exempt_roles is not UNSET:
        changes["exempt_roles"] = _ids(body.exempt_roles or [], "exempt_roles")
    if body.exempt_channels is not UNSET:
        changes["exempt_channels"] = _ids(body.exempt_channels or [], "exempt_channels")
    return build_rule(await service.edit_rule(request.ctx, msgspec.structs.replace(rule, **changes)))


async def delete_rule(request: Request) -> None:
    """End a rule."""
    await service.delete_rule(request.ctx, request.id("guild_id"), request.id("rule_id"))


def _metadata(body: MetadataBody, trigger: int) -> dict[str, Any]:
    if trigger == Trigger.MENTION_SPAM:
        return {
            "mention_limit": body.mention_total_limit or 0,
            "raid_protection": body.mention_raid_protection_enabled is True,
        }
    words, patterns = tuple(body.keyword_filter or ()), tuple(body.regex_patterns or ())
    return {"keywords": words, "patterns": patterns, "allow": tuple(body.allow_list or ())}


def _actions(bodies: list[ActionBody]) -> tuple[Action, ...]:
    made = []
    for index, body in enumerate(bodies):
        data, kind = body.metadata, Act(body.type)
        channel_id = None if data.channel_id is None else _ids([data.channel_id], f"actions.{index}.metadata.channel_id")[0]
        made.append(
            Action(
                type=int(kind),
                channel_id=channel_id if kind == Act.ALERT else None,
                seconds=data.duration_seconds if kind == Act.TIMEOUT else None,
                text=data.custom_message if kind == Act.BLOCK else None,
            )
        )
    return tuple(made)


def _ids(texts: list[Id], field: str) -> tuple[int, ...]:
    found = [ids.parse(text) for text in texts]
    if None in found:
        raise invalid(field, "Each must be a snowflake.", "NUMBER_TYPE_COERCE")
    return tuple(dict.fromkeys(value for value in found if value is not None))


_RULES = "/api/v10/guilds/{guild_id}/auto-moderation/rules"
_ONE = f"{_RULES}/{{rule_id}}"

ROUTES = (
    Route(
        method="GET",
        path=_RULES,
        handler=list_rules,
        summary="All AutoMod rules; needs MANAGE_GUILD.",
        answer=list[RuleObject],
    ),
    Route(
        method="POST",
        path=_RULES,
        handler=create_rule,
        summary="Make an AutoMod rule; needs MANAGE_GUILD.",
        body=NewBody,
        answer=RuleObject,
        bucket=RULES,
    ),
    Route(method="GET", path=_ONE, handler=get_rule, summary="An AutoMod rule; needs MANAGE_GUILD.", answer=RuleObject),
    Route(
        method="PATCH",
        path=_ONE,
        handler=edit_rule,
        summary="Change an AutoMod rule; needs MANAGE_GUILD.",
        body=EditBody,
        answer=RuleObject,
        bucket=RULES,
    ),
    Route(method="DELETE", path=_ONE, handler=delete_rule, summary="End an AutoMod rule; needs MANAGE_GUILD.", status=204),
    *http_reports.ROUTES,
)
