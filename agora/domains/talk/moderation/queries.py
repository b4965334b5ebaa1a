"""Reading rules and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import select

from agora.domains.talk.moderation.model import Action, Report, Rule
from agora.domains.talk.moderation.tables import report as p
from agora.domains.talk.moderation.tables import rule as r

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

_ACTIONS = msgspec.json.Decoder(tuple[Action, ...])
_WORDS = msgspec.json.Decoder(tuple[str, ...])
_IDS = msgspec.json.Decoder(tuple[int, ...])


def list_rules(tx: Tx, guild_id: int | None = None) -> list[Rule]:
    """The rules of a guild, or of all, oldest first."""
    query = select(r).order_by(r.c.id)
    return [_rule(row) for row in tx.execute(query if guild_id is None else query.where(r.c.guild_id == guild_id))]


def find_rule(tx: Tx, guild_id: int, rule_id: int) -> Rule | None:
    """A rule as stored now."""
    row = tx.execute(select(r).where(r.c.id == rule_id, r.c.guild_id == guild_id)).first()
    return None if row is None else _rule(row)


def list_reports(tx: Tx, guild_id: int, state: str | None, before: int | None, limit: int) -> list[Report]:
    """Reports of a guild, the newest first."""
    query = select(p).where(p.c.guild_id == guild_id).order_by(p.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(p.c.state == state)
    if before is not None:
        query = query.where(p.c.id < before)
    return [_report(row) for row in tx.execute(query)]


def find_report(tx: Tx, report_id: int) -> Report | None:
    """A report."""
    row = tx.execute(select(p).where(p.c.id == report_id)).first()
    return None if row is None else _report(row)


def find_own_report(tx: Tx, reporter_id: int, message_id: int) -> Report | None:
    """What somebody reported about a message before."""
    row = tx.execute(select(p).where(p.c.reporter_id == reporter_id, p.c.message_id == message_id)).first()
    return None if row is None else _report(row)


def _rule(row: Any) -> Rule:
    return Rule(
        id=row.id,
        guild_id=row.guild_id,
        creator_id=row.creator_id,
        name=row.name,
        trigger=row.trigger,
        actions=_ACTIONS.decode(row.actions),
        keywords=_WORDS.decode(row.keywords),
        patterns=_WORDS.decode(row.patterns),
        allow=_WORDS.decode(row.allow),
        mention_limit=row.mention_limit,
        raid_protection=bool(row.raid_protection),
        enabled=bool(row.enabled),
        exempt_roles=_IDS.decode(row.exempt_roles),
        exempt_channels=_IDS.decode(row.exempt_channels),
    )


def _report(row: Any) -> Report:
    return Report(**{name: getattr(row, name) for name in Report.__struct_fields__})
