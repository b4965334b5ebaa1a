"""The only statements that change rules and reports, and what a rule that finds something does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import delete, insert, update

from agora.domains.place.guilds import do_edit_member
from agora.domains.place.permissions import ChannelFacts, Directory
from agora.domains.talk.messages import Notice, do_post_notice
from agora.domains.talk.moderation.events import (
    ReportMade,
    ReportResolved,
    RuleCreated,
    RuleDeleted,
    RuleTriggered,
    RuleUpdated,
)
from agora.domains.talk.moderation.match import Match
from agora.domains.talk.moderation.model import Act, Action, Report, Rule
from agora.domains.talk.moderation.queries import find_own_report, find_report, find_rule
from agora.domains.talk.moderation.tables import report as p
from agora.domains.talk.moderation.tables import rule as r
from agora.kernel.errors import Conflict, NotFound
from agora.kernel.events import NOBODY, Audience, to_users
from agora.protocol.message_types import MessageType
from agora.protocol.permissions import Permission

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

_LISTS = ("actions", "keywords", "patterns", "allow", "exempt_roles", "exempt_channels")
KEEPERS = int(Permission.MANAGE_GUILD)
MODERATORS = int(Permission.MODERATE_MEMBERS)


class Found(msgspec.Struct, frozen=True):
    """A rule that found something in what somebody wants to say in a channel."""

    rule: Rule
    match: Match
    channel: ChannelFacts
    user_id: int
    content: str


def do_create_rule(tx: Tx, rule: Rule) -> Rule:
    """Store a new rule."""
    tx.execute(insert(r).values(_columns(rule)))
    _emit(tx, RuleCreated(rule=rule, reason=tx.ctx.audit_reason), rule)
    return rule


def do_edit_rule(tx: Tx, rule: Rule) -> Rule:
    """Replace what a rule says. Raises NotFound."""
    before = _get_rule(tx, rule)
    if rule == before:
        return before
    tx.execute(update(r).where(r.c.id == rule.id).values(_columns(rule)))
    _emit(tx, RuleUpdated(rule=rule, before=before, reason=tx.ctx.audit_reason), rule)
    return rule


def do_delete_rule(tx: Tx, rule: Rule) -> None:
    """End a rule. Raises NotFound."""
    _get_rule(tx, rule)
    tx.execute(delete(r).where(r.c.id == rule.id))
    _emit(tx, RuleDeleted(rule=rule, reason=tx.ctx.audit_reason), rule)


def do_end_guilds(tx: Tx, guild_ids: Sequence[int]) -> None:
    """Guilds end with their rules and reports."""
    tx.execute(delete(r).where(r.c.guild_id.in_(guild_ids)))
    tx.execute(delete(p).where(p.c.guild_id.in_(guild_ids)))


def do_act(tx: Tx, found: Found) -> None:
    """Do all that the rule says, and tell those who keep the rules."""
    for action in found.rule.actions:
        alert = _alert(tx, found, action) if action.type == Act.ALERT else None
        if action.type == Act.TIMEOUT and tx.app.get(Directory).member(found.rule.guild_id, found.user_id) is not None:
            until = tx.now_ms + (action.seconds or 0) * 1000
            do_edit_member(tx, found.rule.guild_id, found.user_id, {"timeout_until": until})
        event = RuleTriggered(
            rule_id=found.rule.id,
            rule_name=found.rule.name,
            trigger=found.rule.trigger,
            action=action,
            guild_id=found.rule.guild_id,
            channel_id=found.channel.id,
            user_id=found.user_id,
            content=found.content,
            keyword=found.match.keyword,
            matched=found.match.matched,
            alert_message_id=alert,
        )
        tx.emit(event, _holders(tx, found.rule.guild_id, KEEPERS), guild_id=found.rule.guild_id)


def do_report(tx: Tx, report: Report) -> Report:
    """Store a report; a second one of the same person about the same message gives the first."""
    known = find_own_report(tx, report.reporter_id, report.message_id)
    if known is not None:
        return known
    tx.execute(insert(p).values(msgspec.structs.asdict(report)))
    tx.emit(ReportMade(report=report), _holders(tx, report.guild_id, MODERATORS), guild_id=report.guild_id)
    return report


def do_resolve(tx: Tx, report_id: int, state: str, note: str | None) -> Report:
    """Decide about a report. Raises Conflict when somebody did already."""
    before = find_report(tx, report_id)
    if before is None:
        raise NotFound("Unknown report")
    if before.state != "open":
        raise Conflict("This report was decided already.")
    after = msgspec.structs.replace(before, state=state, resolved_by=tx.ctx.actor.user_id, resolved_at=tx.now_ms, note=note)
    changes = {name: getattr(after, name) for name in ("state", "resolved_by", "resolved_at", "note")}
    tx.execute(update(p).where(p.c.id == report_id).values(changes))
    tx.emit(ReportResolved(report=after), _holders(tx, after.guild_id, MODERATORS), guild_id=after.guild_id)
    return after


def _alert(tx: Tx, found: Found, action: Action) -> int | None:
    """A message in the channel for alerts, in Discord's shape; none when that channel is gone."""
    channel = tx.app.get(Directory).channel(action.channel_id or 0)
    if channel is None or channel.guild_id != found.rule.guild_id:
        return None
    pairs = {
        "rule_name": found.rule.name,
        "channel_id": str(found.channel.id),
        "keyword": found.match.keyword or "",
        "keyword_matched_content": found.match.matched or "",
    }
    fields = [{"name": name, "value": value, "inline": False} for name, value in pairs.items() if value]
    embed: dict[str, Any] = {"type": "auto_moderation_message", "description": found.content, "fields": fields}
    notice = Notice(
        type=MessageType.AUTO_MODERATION_ACTION,
        channel_id=channel.id,
        guild_id=channel.guild_id,
        author_id=found.user_id,
        embeds=msgspec.json.encode([embed]).decode(),
    )
    return do_post_notice(tx, notice, author_is_bot=True).id


def do_moved(tx: Tx, message_ids: Sequence[int], channel_id: int) -> None:
    """Reported messages went to another channel: their reports are for who sees that one."""
    tx.execute(update(p).where(p.c.message_id.in_(message_ids)).values(channel_id=channel_id))


def _holders(tx: Tx, guild_id: int, bits: int) -> Audience:
    """The people who have these permissions in a guild."""
    directory = tx.app.get(Directory)
    holders = [each for each in directory.members(guild_id) if directory.guild_permissions(each, guild_id) & bits == bits]
    return to_users(*sorted(holders)) if holders else NOBODY


def _get_rule(tx: Tx, rule: Rule) -> Rule:
    found = find_rule(tx, rule.guild_id, rule.id)
    if found is None:
        raise NotFound("Unknown Auto Moderation Rule")
    return found


def _columns(rule: Rule) -> dict[str, Any]:
    row = msgspec.structs.asdict(rule)
    return row | {name: msgspec.json.encode(row[name]).decode() for name in _LISTS}


def _emit(tx: Tx, event: RuleCreated | RuleUpdated | RuleDeleted, rule: Rule) -> None:
    tx.emit(event, _holders(tx, rule.guild_id, KEEPERS), guild_id=rule.guild_id)
