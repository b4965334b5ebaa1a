"""Changes of turns: wait, run, end. A turn is stored before anything happens, so a crash loses none."""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, func, insert, select, update

from agora.domains.minds.agents.agent import Turn, TurnClass
from agora.domains.minds.agents.events import TurnEnded, TurnQueued
from agora.domains.minds.agents.queries import count_exchange, find_turn, find_waiting
from agora.domains.minds.agents.tables import turn as t
from agora.kernel.events import NOBODY
from agora.kernel.tx import Tx


class NewTurn(msgspec.Struct, frozen=True, kw_only=True):
    """A turn to queue; fields as in ``Turn``. ``trigger_id`` 0: its own clock."""

    agent_id: int
    channel_id: int
    guild_id: int | None
    urgency: TurnClass
    reason: str
    trigger_id: int = 0
    message_id: int | None = None
    depth: int = 0
    root: int = 0
    not_before: int = 0


def do_queue_turn(tx: Tx, new: NewTurn, *, room: int, exchange: int) -> int | None:
    """Let a turn wait; a waiting turn of the agent in this channel takes the trigger in. None: there is no room.

    ``room``: waiting turns of one agent at most, the least urgent and oldest makes way. ``exchange``: turns that one message may
    lead to at most; a person who waits is never turned away.
    """
    waiting = find_waiting(tx, new.agent_id, new.channel_id)
    if waiting is not None:
        _do_merge(tx, waiting, new)
        return waiting.id
    person = new.urgency == TurnClass.WAITING_PERSON
    if new.root and not person and count_exchange(tx, new.root) >= exchange:
        return None
    turn_id = tx.new_id()
    values = msgspec.structs.asdict(new) | {
        "id": turn_id,
        "urgency": int(new.urgency),
        "trigger_id": new.trigger_id or turn_id,
        "root": new.root or turn_id,
        "state": "waiting",
        "outcome": "",
        "attempts": 0,
        "merged": 0,
        "created_at": tx.now_ms,
    }
    tx.execute(insert(t).values(**values))
    _do_make_room(tx, new.agent_id, room)
    tx.emit(TurnQueued(turn_id=turn_id, agent_id=new.agent_id), NOBODY)
    return turn_id


def _do_merge(tx: Tx, waiting: Turn, new: NewTurn) -> None:
    """The more urgent trigger leads; of two alike the newer one. What was heard in between is in the transcript."""
    values: dict[str, object] = {"merged": waiting.merged + 1}
    if new.urgency <= waiting.urgency:
        values |= {
            "urgency": int(new.urgency),
            "reason": new.reason,
            "trigger_id": new.trigger_id or waiting.trigger_id,
            "message_id": new.message_id,
            "depth": new.depth,
            "root": new.root or waiting.root,
            "not_before": min(waiting.not_before, new.not_before) if waiting.attempts == 0 else waiting.not_before,
        }
    tx.execute(update(t).where(t.c.id == waiting.id).values(**values))
    tx.emit(TurnQueued(turn_id=waiting.id, agent_id=new.agent_id), NOBODY)


def _do_make_room(tx: Tx, agent_id: int, room: int) -> None:
    query = select(t.c.id).where(t.c.agent_id == agent_id, t.c.state == "waiting")
    ids = list(tx.execute(query.order_by(t.c.urgency, t.c.created_at.desc())).scalars())
    for turn_id in ids[room:]:
        do_end_turn(tx, turn_id, "cancelled", "the agent's queue was full")


def do_start_turn(tx: Tx, turn_id: int) -> Turn | None:
    """Waiting -> running. None when it no longer waits."""
    statement = update(t).where(t.c.id == turn_id, t.c.state == "waiting")
    changed = tx.execute(statement.values(state="running", started_at=tx.now_ms, attempts=t.c.attempts + 1))
    return find_turn(tx, turn_id) if changed.rowcount else None


def do_return_turn(tx: Tx, turn_id: int, outcome: str, *, not_before: int = 0, counted: bool = True) -> None:
    """Running -> waiting, to be tried again. ``counted`` false: it was no fault of the turn."""
    attempts = t.c.attempts if counted else func.max(t.c.attempts - 1, 0)
    statement = update(t).where(t.c.id == turn_id, t.c.state == "running")
    tx.execute(statement.values(state="waiting", outcome=outcome, not_before=not_before, attempts=attempts))


def do_note_receipt(tx: Tx, turn_id: int, receipt: str) -> None:
    """Keep the receipt of what is about to be posted."""
    tx.execute(update(t).where(t.c.id == turn_id, t.c.state == "running").values(receipt=receipt))


def do_end_turn(tx: Tx, turn_id: int, state: str, outcome: str, *, sent_id: int | None = None) -> None:
    """A turn is over; one that is over already stays as it is."""
    statement = update(t).where(t.c.id == turn_id, t.c.state.in_(("waiting", "running")))
    values = {"state": state, "outcome": outcome, "finished_at": tx.now_ms, "sent_id": sent_id}
    if not tx.execute(statement.values(**values)).rowcount:
        return
    agent_id = tx.execute(select(t.c.agent_id).where(t.c.id == turn_id)).scalar_one()
    tx.emit(TurnEnded(turn_id=turn_id, agent_id=agent_id, state=state, outcome=outcome, sent_id=sent_id), NOBODY)


def do_cancel_waiting(
    tx: Tx, outcome: str, *, agent_id: int | None = None, channel_id: int | None = None, keep_people: bool = False
) -> int:
    """Cancel waiting turns, all or an agent's or a channel's; returns how many."""
    query = select(t.c.id).where(t.c.state == "waiting")
    if agent_id is not None:
        query = query.where(t.c.agent_id == agent_id)
    if channel_id is not None:
        query = query.where(t.c.channel_id == channel_id)
    if keep_people:
        query = query.where(t.c.urgency != int(TurnClass.WAITING_PERSON))
    ids = list(tx.execute(query).scalars())
    for turn_id in ids:
        do_end_turn(tx, turn_id, "cancelled", outcome)
    return len(ids)


def do_cancel_stale(tx: Tx, *, people_before: int, others_before: int) -> int:
    """Cancel turns that waited since before a time (UTC ms); what was said then is no longer news."""
    person = t.c.urgency == int(TurnClass.WAITING_PERSON)
    old = (person & (t.c.created_at < people_before)) | (~person & (t.c.created_at < others_before))
    ids = list(tx.execute(select(t.c.id).where(t.c.state == "waiting", old)).scalars())
    for turn_id in ids:
        do_end_turn(tx, turn_id, "cancelled", "it had waited too long")
    return len(ids)


def do_recover_turns(tx: Tx) -> int:
    """After a crash: what was running waits again. A reply that was sent already is stopped by its nonce."""
    statement = update(t).where(t.c.state == "running")
    return int(tx.execute(statement.values(state="waiting", outcome="the server stopped meanwhile")).rowcount)


def do_prune_turns(tx: Tx, before: int) -> int:
    """Forget turns that ended before a time and left no message (UTC ms)."""
    statement = delete(t).where(t.c.finished_at < before, t.c.sent_id.is_(None))
    return int(tx.execute(statement).rowcount)
