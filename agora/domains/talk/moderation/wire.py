"""Rules as Discord writes them, reports as Agora does."""

from __future__ import annotations

from typing import Any

import msgspec

from agora.domains.talk.moderation.events import RuleTriggered
from agora.domains.talk.moderation.model import Act, Action, Report, Rule, Trigger
from agora.kernel.clock import iso
from agora.protocol.payloads import Wire

MESSAGE_SEND = 1


class RuleObject(Wire, frozen=True, kw_only=True):
    """A rule."""

    id: str
    guild_id: str
    creator_id: str
    name: str
    trigger_type: int
    trigger_metadata: dict[str, Any]
    actions: tuple[dict[str, Any], ...]
    event_type: int = MESSAGE_SEND
    enabled: bool = False
    exempt_roles: tuple[str, ...] = ()
    exempt_channels: tuple[str, ...] = ()


class ReportObject(Wire, frozen=True, kw_only=True):
    """A report; times are ISO 8601."""

    id: str
    guild_id: str
    channel_id: str
    message_id: str
    author_id: str
    reporter_id: str
    category: str
    reason: str
    content: str
    created_at: str
    state: str
    resolved_by: str | None = None
    resolved_at: str | None = None
    note: str | None = None


def build_rule(rule: Rule) -> RuleObject:
    """A rule."""
    return RuleObject(
        id=str(rule.id),
        guild_id=str(rule.guild_id),
        creator_id=str(rule.creator_id),
        name=rule.name,
        trigger_type=rule.trigger,
        trigger_metadata=_metadata(rule),
        actions=tuple(build_action(action) for action in rule.actions),
        enabled=rule.enabled,
        exempt_roles=tuple(map(str, rule.exempt_roles)),
        exempt_channels=tuple(map(str, rule.exempt_channels)),
    )


def build_action(action: Action) -> dict[str, Any]:
    """What a rule does."""
    metadata: dict[str, Any] = {}
    if action.type == Act.ALERT:
        metadata["channel_id"] = str(action.channel_id)
    elif action.type == Act.TIMEOUT:
        metadata["duration_seconds"] = action.seconds
    elif action.text:
        metadata["custom_message"] = action.text
    return {"type": action.type, "metadata": metadata}


def build_execution(event: RuleTriggered) -> dict[str, Any]:
    """AUTO_MODERATION_ACTION_EXECUTION."""
    body: dict[str, Any] = {
        "guild_id": str(event.guild_id),
        "action": build_action(event.action),
        "rule_id": str(event.rule_id),
        "rule_trigger_type": event.trigger,
        "user_id": str(event.user_id),
        "channel_id": str(event.channel_id),
        "content": event.content,
        "matched_keyword": event.keyword,
        "matched_content": event.matched,
    }
    if event.alert_message_id is not None:
        body["alert_system_message_id"] = str(event.alert_message_id)
    return body


def build_report(report: Report) -> ReportObject:
    """A report."""
    plain = msgspec.structs.asdict(report)
    for name in ("id", "guild_id", "channel_id", "message_id", "author_id", "reporter_id"):
        plain[name] = str(plain[name])
    plain["created_at"] = iso(report.created_at)
    plain["resolved_by"] = None if report.resolved_by is None else str(report.resolved_by)
    plain["resolved_at"] = None if report.resolved_at is None else iso(report.resolved_at)
    return ReportObject(**plain)


def _metadata(rule: Rule) -> dict[str, Any]:
    if rule.trigger == Trigger.MENTION_SPAM:
        return {"mention_total_limit": rule.mention_limit, "mention_raid_protection_enabled": rule.raid_protection}
    return {"keyword_filter": rule.keywords, "regex_patterns": rule.patterns, "allow_list": rule.allow}
