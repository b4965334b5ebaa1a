"""The only INSERT, UPDATE and DELETE on outgoing webhooks and their deliveries."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import ColumnElement, delete, insert, update
from sqlalchemy.dialects import sqlite

from agora.domains.talk.webhooks.events import TargetCreated, TargetDeleted, TargetUpdated
from agora.domains.talk.webhooks.tables import delivery as d
from agora.domains.talk.webhooks.tables import target as t
from agora.domains.talk.webhooks.target import MAX_PER_GUILD, Delivery, Target
from agora.domains.talk.webhooks.target_queries import find_target, list_targets
from agora.kernel.errors import BadRequest, NotFound
from agora.kernel.events import NOBODY
from agora.kernel.tx import Tx

_ERROR_LENGTH = 300  # characters


def do_create_target(tx: Tx, target: Target) -> None:
    """Store an outgoing webhook. Raises 400 when the guild has its fill."""
    if len(list_targets(tx, target.guild_id)) >= MAX_PER_GUILD:
        raise BadRequest(f"A community may have at most {MAX_PER_GUILD} outgoing webhooks.")
    tx.execute(insert(t).values(_row(target)))
    tx.emit(TargetCreated(target=_public(target), reason=tx.ctx.audit_reason), NOBODY, guild_id=target.guild_id)


def do_update_target(tx: Tx, target_id: int, guild_id: int, changes: dict[str, object]) -> Target:
    """Change it. Raises 404."""
    before = _get(tx, target_id, guild_id)
    after = msgspec.structs.replace(before, **changes)
    if after != before:
        tx.execute(update(t).where(t.c.id == target_id).values(_row(after)))
        event = TargetUpdated(target=_public(after), before=_public(before), reason=tx.ctx.audit_reason)
        tx.emit(event, NOBODY, guild_id=guild_id)
    return after


def do_delete_target(tx: Tx, target_id: int, guild_id: int) -> None:
    """End it, with all that waits for it. Raises 404."""
    target = _get(tx, target_id, guild_id)
    _remove(tx, [target])
    tx.emit(TargetDeleted(target=_public(target), reason=tx.ctx.audit_reason), NOBODY, guild_id=guild_id)


def do_forget_targets(tx: Tx, guild_id: int, channel_id: int | None = None) -> None:
    """The guild, or a channel of it, is gone."""
    _remove(tx, [each for each in list_targets(tx, guild_id) if channel_id is None or each.channel_id == channel_id])


def do_queue(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """Store what is to be told; the same event for the same target only once, however often it is brought."""
    for delivery in deliveries:
        tx.execute(sqlite.insert(d).values(msgspec.structs.asdict(delivery)).on_conflict_do_nothing())


def do_delivered(tx: Tx, delivery_id: int) -> None:
    """It was taken: nothing of it is kept."""
    tx.execute(delete(d).where(d.c.id == delivery_id))


def do_failed(tx: Tx, delivery: Delivery, error: str, *, dead: bool) -> None:
    """It was not: note why, and lay it among the dead letters when it is not to be tried again."""
    values = {"tries": delivery.tries + 1, "dead": dead, "error": error[:_ERROR_LENGTH]}
    tx.execute(update(d).where(d.c.id == delivery.id).values(values))


def do_retry(tx: Tx, target_id: int) -> int:
    """Try all dead letters of a target again; returns how many."""
    again = update(d).where(d.c.target_id == target_id, d.c.dead).values(dead=False, tries=0, error=None)
    return int(tx.execute(again).rowcount)


def do_drop_dead(tx: Tx, target_id: int | None = None, before_ms: int | None = None) -> int:
    """Throw dead letters away: of one target, or old ones. Returns how many."""
    conditions: list[ColumnElement[bool]] = [d.c.dead]
    if target_id is not None:
        conditions.append(d.c.target_id == target_id)
    if before_ms is not None:
        conditions.append(d.c.at < before_ms)
    return int(tx.execute(delete(d).where(*conditions)).rowcount)


def _remove(tx: Tx, targets: Sequence[Target]) -> None:
    ids = [target.id for target in targets]
    tx.execute(delete(d).where(d.c.target_id.in_(ids)))
    tx.execute(delete(t).where(t.c.id.in_(ids)))


def _get(tx: Tx, target_id: int, guild_id: int) -> Target:
    target = find_target(tx, target_id, guild_id)
    if target is None:
        raise NotFound("There is no such outgoing webhook.")
    return target


def _row(target: Target) -> dict[str, object]:
    return {**msgspec.structs.asdict(target), "events": msgspec.json.encode(target.events).decode()}


def _public(target: Target) -> Target:
    """As the ledger may keep it: without what it is signed with."""
    return msgspec.structs.replace(target, secret="")
