"""From an event to its dispatches, by what the domains offer. The same event always gives the same list: resuming counts on it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import msgspec

from agora.gateway.outgoing import Outgoing, mark
from agora.gateway.ports import Dispatch, Spread
from agora.kernel.app import App
from agora.kernel.events import Audience, Event, Recorded

log = logging.getLogger(__name__)


class Rendered(msgspec.Struct, frozen=True):
    """One dispatch, whom it is for, and the intents of which a session needs one (0: none)."""

    name: str
    audience: Audience
    intent: int
    outgoing: Outgoing


class Renderer:
    """Holds the offers by event type."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._offers: dict[type[Event], list[Dispatch | Spread]] = {}
        for domain in app.domains:
            for offer in domain.offers:
                if isinstance(offer, Dispatch | Spread):
                    self._offers.setdefault(offer.event, []).append(offer)

    def render(self, recorded: Recorded) -> Sequence[Rendered]:
        """All dispatches of the event, in order. An offer that fails is logged and left out."""
        offers = self._offers.get(type(recorded.event))
        if offers is None:
            return ()
        found: list[Rendered] = []
        for offer in offers:
            try:
                pairs = self._pairs(offer, recorded)
            except Exception:
                log.exception("dispatch %s of event %s failed", offer.name, recorded.type)
                continue
            intent = offer.intent
            if recorded.guild_id is None and offer.dm_intent is not None:
                intent = offer.dm_intent
            for audience, payload in pairs:
                place = mark(recorded.seq, len(found))
                found.append(Rendered(offer.name, audience, int(intent), Outgoing(offer.name, payload, place)))
        return found

    def _pairs(self, offer: Dispatch | Spread, recorded: Recorded) -> Sequence[tuple[Audience, bytes]]:
        if isinstance(offer, Spread):
            return offer.payloads(self._app, recorded)
        audience = recorded.audience if offer.audience is None else offer.audience(self._app, recorded)
        payload = offer.payload(self._app, recorded) if audience is not None else None
        return () if audience is None or payload is None else ((audience, payload),)
