"""After a restart: the sessions of before, brought up to the end of the ledger, so that their clients can resume."""

from __future__ import annotations

import logging

from agora.gateway.gateway import Gateway
from agora.gateway.limits import REPLAY_EVENTS

log = logging.getLogger(__name__)
PAGE = 500


async def recover(gateway: Gateway) -> None:
    """Recall what the journal kept, then give it what was committed but never told.

    A session that was in the middle of an introduction is ended, and all are if what is missing cannot be told exactly: their
    clients identify again.
    """
    journal = gateway.journal
    upto = gateway.app.ledger.last_seq
    for kept in journal.kept():
        if kept.held:
            journal.free(kept.slot)
        else:
            gateway.recall(kept)
    if not await _catch_up(gateway, upto):
        log.info("the gateway sessions of before the restart were ended: their clients identify again")
        for session in gateway.registry.all():
            gateway.drop(session)
    journal.processed = upto
    gateway.recovered()


async def _catch_up(gateway: Gateway, upto: int) -> bool:
    journal, ledger = gateway.journal, gateway.app.ledger
    position = journal.processed
    sessions = gateway.registry.all()
    if not sessions or position == upto:
        return True
    if position > upto or upto - position > REPLAY_EVENTS:
        return False  # another database, or too long ago
    newest = {s: journal.newest(s.slot, s.ring.last) for s in sessions if s.slot is not None}
    while position < upto:
        events = [e for e in await ledger.read(position, PAGE) if e.seq <= upto]
        if not events:
            break
        for recorded in events:
            if gateway.fanout.changes_sight(recorded):
                return False
            gateway.fanout.catch_up(recorded, newest)
        position = events[-1].seq
    return True
