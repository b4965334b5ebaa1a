"""The bus: live listeners after each commit, and whispers that are never stored. Everything here runs on the event loop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from agora.kernel.events import Audience, Event, Recorded

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.domain import Domain

log = logging.getLogger(__name__)


class Whisper(msgspec.Struct, frozen=True):
    """A passing sign (typing, presence, partial text): ``name`` is the dispatch, ``body`` its JSON, ``intent`` the gateway bits."""

    name: str
    body: bytes
    audience: Audience
    intent: int = 0


EventsListener = Callable[[Sequence[Recorded]], None]
WhisperListener = Callable[[Whisper], None]


class Bus:
    """In-process publishing. A listener that fails is logged and never stops the others."""

    def __init__(self, app: App, domains: Sequence[Domain]) -> None:
        from agora.kernel.domain import Live

        self._app = app
        self._live: dict[type[Event], list[Callable[[App, Recorded], None]]] = {}
        self._events: list[EventsListener] = []
        self._whispers: list[WhisperListener] = []
        for domain in domains:
            for listener in domain.listeners:
                if isinstance(listener, Live):
                    self._live.setdefault(listener.event, []).append(listener.fn)

    def on_events(self, listener: EventsListener) -> None:
        """Call ``listener`` with each committed batch, after the domains' live listeners."""
        self._events.append(listener)

    def on_whisper(self, listener: WhisperListener) -> None:
        """Call ``listener`` with each whisper."""
        self._whispers.append(listener)

    def publish(self, recorded: Sequence[Recorded]) -> None:
        """Tell the listeners, in ledger order."""
        for event in recorded:
            for fn in self._live.get(type(event.event), ()):
                try:
                    fn(self._app, event)
                except Exception:
                    log.exception("live listener %s failed on %s", fn.__qualname__, event.type)
        for listener in self._events:
            try:
                listener(recorded)
            except Exception:
                log.exception("listener %s failed", listener)

    def whisper(self, whisper: Whisper) -> None:
        """Tell whoever is there now; nothing is stored."""
        for listener in self._whispers:
            try:
                listener(whisper)
            except Exception:
                log.exception("whisper listener %s failed", listener)
