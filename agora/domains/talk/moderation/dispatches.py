"""What gateway clients hear of moderation: those who manage the community, as on Discord.

https://discord.com/developers/docs/events/gateway-events#auto-moderation
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.talk.moderation import events as e
from agora.domains.talk.moderation.wire import build_execution, build_report, build_rule
from agora.gateway.ports import Dispatch
from agora.kernel.events import Recorded
from agora.kernel.http import encode
from agora.protocol.intents import Intent

if TYPE_CHECKING:
    from agora.kernel.app import App


def rule_payload(app: App, recorded: Recorded) -> bytes:
    """AUTO_MODERATION_RULE_CREATE, _UPDATE and _DELETE."""
    event = recorded.event
    assert isinstance(event, e.RuleCreated | e.RuleUpdated | e.RuleDeleted)
    return encode(build_rule(event.rule))


def execution_payload(app: App, recorded: Recorded) -> bytes:
    """AUTO_MODERATION_ACTION_EXECUTION."""
    event = recorded.event
    assert isinstance(event, e.RuleTriggered)
    return encode(build_execution(event))


def report_payload(app: App, recorded: Recorded) -> bytes:
    """AGORA_REPORT: a report was made or decided."""
    event = recorded.event
    assert isinstance(event, e.ReportMade | e.ReportResolved)
    return encode(build_report(event.report))


CONFIGURATION, EXECUTION = int(Intent.AUTO_MODERATION_CONFIGURATION), int(Intent.AUTO_MODERATION_EXECUTION)

OFFERS = (
    Dispatch(event=e.RuleCreated, name="AUTO_MODERATION_RULE_CREATE", payload=rule_payload, intent=CONFIGURATION),
    Dispatch(event=e.RuleUpdated, name="AUTO_MODERATION_RULE_UPDATE", payload=rule_payload, intent=CONFIGURATION),
    Dispatch(event=e.RuleDeleted, name="AUTO_MODERATION_RULE_DELETE", payload=rule_payload, intent=CONFIGURATION),
    Dispatch(event=e.RuleTriggered, name="AUTO_MODERATION_ACTION_EXECUTION", payload=execution_payload, intent=EXECUTION),
    Dispatch(event=e.ReportMade, name="AGORA_REPORT", payload=report_payload),
    Dispatch(event=e.ReportResolved, name="AGORA_REPORT", payload=report_payload),
)
