"""What a client that comes back has missed: from the session's ring, or from the ledger by the journal's marks."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from agora.gateway.journal import Journal
from agora.gateway.limits import REPLAY_EVENTS, RING
from agora.gateway.outgoing import DERIVED, WHISPER, Outgoing
from agora.gateway.render import Renderer
from agora.gateway.session import Session
from agora.kernel.ledger import Ledger

log = logging.getLogger(__name__)
PAGE = 500


class Replay:
    """Rebuilds dispatches that are no longer in memory, with the very bytes of the first time."""

    def __init__(self, journal: Journal, ledger: Ledger, renderer: Renderer) -> None:
        self._journal = journal
        self._ledger = ledger
        self._renderer = renderer

    async def restore(self, session: Session, seen: int) -> bool:
        """Make the session's ring reach back to the number the client has seen. False when something cannot be made again.

        Whispers of that time are left out. What then remains is numbered anew from ``seen``: the client knows none of it.
        """
        floor = session.ring.floor
        if floor <= seen:
            missed = session.ring.since(seen)
            if missed is None:
                return False
            if len(missed) > RING // 2:  # so that nothing falls out of the ring while the client catches up
                session.rebase(seen, missed)
            return True
        marks = None if session.slot is None else self._journal.marks(session.slot, seen, floor)
        if marks is None:
            return False
        old = await self._remake(marks)
        rest = session.ring.since(floor)
        if old is None or rest is None or session.ring.floor != floor:
            return False
        session.rebase(seen, [*old, *rest])
        return True

    async def _remake(self, marks: Sequence[int]) -> list[Outgoing] | None:
        wanted = [mark for mark in marks if mark != WHISPER]
        if any(mark & 0xFF == DERIVED for mark in wanted):
            return None
        if not wanted:
            return []
        made = await self._render(set(wanted), first=min(wanted) >> 8, last=max(wanted) >> 8)
        found = [made[mark] for mark in wanted if mark in made]
        return found if len(found) == len(wanted) else None

    async def _render(self, wanted: set[int], first: int, last: int) -> dict[int, Outgoing]:
        made: dict[int, Outgoing] = {}
        if last - first > REPLAY_EVENTS:
            return made
        places = {mark >> 8 for mark in wanted}
        position = first - 1
        while position < last:
            events = await self._ledger.read(position, PAGE)
            if not events:
                break
            for recorded in events:
                if recorded.seq in places:
                    for rendered in self._renderer.render(recorded):
                        made[rendered.outgoing.mark] = rendered.outgoing
            position = events[-1].seq
        return made
