"""What happens in moderation. ``before`` is the state that ended; ``reason`` is what the actor gave for the audit log."""

from agora.domains.talk.moderation.model import Action, Report, Rule
from agora.kernel.events import Event


class RuleCreated(Event, frozen=True, kw_only=True):
    """A rule was made."""

    rule: Rule
    reason: str | None = None


class RuleUpdated(Event, frozen=True, kw_only=True):
    """A rule changed."""

    rule: Rule
    before: Rule
    reason: str | None = None


class RuleDeleted(Event, frozen=True, kw_only=True):
    """A rule ended."""

    rule: Rule
    reason: str | None = None


class RuleTriggered(Event, frozen=True, kw_only=True):
    """A rule found something and did one of its acts. ``matched`` is the part of ``content`` it found."""

    rule_id: int
    rule_name: str
    trigger: int
    action: Action
    guild_id: int
    channel_id: int
    user_id: int
    content: str
    keyword: str | None = None
    matched: str | None = None
    alert_message_id: int | None = None


class ReportMade(Event, frozen=True, kw_only=True):
    """Somebody reported a message."""

    report: Report


class ReportResolved(Event, frozen=True, kw_only=True):
    """Somebody decided about a report."""

    report: Report


ALL = (RuleCreated, RuleUpdated, RuleDeleted, RuleTriggered, ReportMade, ReportResolved)
