"""What the audit log says about rules, what they did, and decisions about reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from agora.domains.place.audit import Action, Change, Draft, build_changes, do_append
from agora.domains.talk.moderation.events import ReportResolved, RuleCreated, RuleDeleted, RuleTriggered, RuleUpdated
from agora.domains.talk.moderation.model import Act, Rule
from agora.kernel.domain import Effect
from agora.kernel.events import Event

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx
    from agora.kernel.events import Recorded

EVENTS = (RuleCreated, RuleUpdated, RuleDeleted, RuleTriggered, ReportResolved)
_ACTS = {
    Act.BLOCK: Action.AUTO_MODERATION_BLOCK_MESSAGE,
    Act.ALERT: Action.AUTO_MODERATION_FLAG_TO_CHANNEL,
    Act.TIMEOUT: Action.AUTO_MODERATION_USER_COMMUNICATION_DISABLED,
}
# Shown in Discord's form, or not at all.
_SILENT = frozenset(
    {"creator_id", "actions", "keywords", "patterns", "allow", "exempt_roles", "exempt_channels", "trigger", "raid_protection"}
)


async def on_acts(ctx: Ctx, batch: Sequence[Recorded]) -> Effect:
    """Write them down."""
    return lambda tx: do_append(tx, batch, drafts)


def drafts(event: Event) -> list[Draft]:
    """The act that an event is."""
    match event:
        case RuleCreated():
            return [_rule(Action.AUTO_MODERATION_RULE_CREATE, "rule.created", None, event.rule, event.reason)]
        case RuleUpdated():
            return [_rule(Action.AUTO_MODERATION_RULE_UPDATE, "rule.updated", event.before, event.rule, event.reason)]
        case RuleDeleted():
            return [_rule(Action.AUTO_MODERATION_RULE_DELETE, "rule.deleted", event.rule, None, event.reason)]
        case RuleTriggered():
            return [_triggered(event)]
        case ReportResolved():
            report = event.report
            options = {"report_id": str(report.id), "channel_id": str(report.channel_id), "decision": report.state}
            made = Draft(action=Action.SERVER, name="report.decided", target_id=report.author_id, options=options)
            return [_in(made, report.guild_id, report.note)]
    return []


def _triggered(event: RuleTriggered) -> Draft:
    options = {
        "auto_moderation_rule_name": event.rule_name,
        "auto_moderation_rule_trigger_type": str(event.trigger),
        "channel_id": str(event.channel_id),
    }
    made = Draft(action=_ACTS[Act(event.action.type)], name="rule.triggered", target_id=event.user_id, options=options)
    return _in(made, event.guild_id, None)


def _rule(action: Action, name: str, before: Rule | None, after: Rule | None, reason: str | None) -> Draft:
    rule = after or before
    assert rule is not None
    changes = [change for change in build_changes(before, after) if change.key not in _SILENT]
    for key, field in (("keyword_filter", "keywords"), ("regex_patterns", "patterns"), ("allow_list", "allow")):
        was, now = (None if each is None else list(getattr(each, field)) for each in (before, after))
        if was != now:
            changes.append(Change(key, was, now))
    return _in(Draft(action=action, name=name, target_id=rule.id, changes=tuple(changes)), rule.guild_id, reason)


def _in(draft: Draft, guild_id: int, reason: str | None) -> Draft:
    return msgspec.structs.replace(draft, guild_id=guild_id, reason=reason)
