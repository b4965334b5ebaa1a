"""``Fanout``: each committed event to the sessions that may know of it, in ledger order, on the event loop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from agora.gateway.outgoing import Outgoing, derived
from agora.gateway.ports import ChannelObject, GuildEntry, Revocation, SightChange, ThreadObjects, Visibility
from agora.gateway.registry import Registry
from agora.gateway.render import Rendered, Renderer
from agora.gateway.session import Session
from agora.gateway.sight import Sight
from agora.kernel.app import App
from agora.kernel.bus import Whisper
from agora.kernel.events import Event, Reach, Recorded

log = logging.getLogger(__name__)
Offer = TypeVar("Offer", GuildEntry, SightChange, Revocation)

# Dispatches after which a client knows another set of channels.
CHANNEL_NEWS = frozenset({"CHANNEL_CREATE", "CHANNEL_DELETE", "THREAD_CREATE", "THREAD_DELETE", "GUILD_DELETE"})
NOBODY: Collection[int] = ()


class Fanout:
    """``introduce(session, guild_id, seq)`` starts building a GUILD_CREATE; ``revoke(session)`` ends a session for good."""

    def __init__(
        self,
        app: App,
        registry: Registry,
        sight: Sight,
        introduce: Callable[[Session, int, int], None],
        revoke: Callable[[Session], None],
    ) -> None:
        self._app = app
        self._registry = registry
        self._sight = sight
        self._introduce = introduce
        self._revoke = revoke
        self.renderer = Renderer(app)
        self._visibility: Visibility = app.get(Visibility)
        self._entries = _by_event(app, GuildEntry)
        self._changes = _by_event(app, SightChange)
        self._revocations = _by_event(app, Revocation)
        self._channels = app.offers(ChannelObject)
        self._threads = app.offers(ThreadObjects)

    def on_event(self, recorded: Recorded) -> None:
        """Tell everybody concerned."""
        kind = type(recorded.event)
        entered = self._enter(recorded) if kind in self._entries else NOBODY
        lost = self._compare(recorded) if kind in self._changes else ()
        for rendered in self.renderer.render(recorded):
            self._dispatch(recorded, rendered, entered)
        for session, item in lost:
            session.push(item)
        if kind in self._revocations:
            self._end(recorded)

    def on_whisper(self, whisper: Whisper) -> None:
        """A passing sign, to whoever has a session."""
        item = Outgoing(whisper.name, whisper.body)
        intent = int(whisper.intent)
        for session in self._registry.receivers(whisper.audience):
            if not intent or session.intents & intent:
                session.push(item)

    def changes_sight(self, recorded: Recorded) -> bool:
        """Whether what clients were told because of this event cannot be told again later from the event alone."""
        kind = type(recorded.event)
        return kind in self._entries or kind in self._changes

    def catch_up(self, recorded: Recorded, newest: Mapping[Session, int]) -> None:
        """After a restart: tell each session what it was not told before, going by the newest mark it has."""
        for rendered in self.renderer.render(recorded):
            self._dispatch(recorded, rendered, NOBODY, newest)
        if type(recorded.event) in self._revocations:
            self._end(recorded)

    def _dispatch(
        self,
        recorded: Recorded,
        rendered: Rendered,
        entered: Collection[int],
        newest: Mapping[Session, int] | None = None,
    ) -> None:
        intent, item = rendered.intent, rendered.outgoing
        guild_id = recorded.guild_id
        if guild_id is None and rendered.audience.reach is Reach.GUILD:
            guild_id = rendered.audience.id  # a changed user, told in each guild: it belongs to the guild's shard
        news = rendered.name in CHANNEL_NEWS
        for session in self._registry.receivers(rendered.audience):
            if intent and not session.intents & intent:
                continue
            if not session.wants(guild_id) or session.user_id in entered:
                continue
            if newest is not None and item.mark <= newest.get(session, 0):
                continue
            session.push(item)
            if news:
                self._sight.told(rendered.name, session.user_id, guild_id, recorded.channel_id)

    def _enter(self, recorded: Recorded) -> Collection[int]:
        """Introduce the guild to who just came in; they need nothing else of this event."""
        entered: set[int] = set()
        for offer in self._entries[type(recorded.event)]:
            found = offer.entered(self._app, recorded)
            if found is None:
                continue
            guild_id, user_ids = found
            for user_id in user_ids:
                entered.add(user_id)
                self._sight.enter(user_id, guild_id)
                for session in self._registry.of(user_id):
                    if session.wants(guild_id):
                        self._introduce(session, guild_id, recorded.seq)
        return entered

    def _compare(self, recorded: Recorded) -> Sequence[tuple[Session, Outgoing]]:
        """Tell of channels that came into sight; returns what to tell of those that went, after the event itself."""
        lost: list[tuple[Session, Outgoing]] = []
        made: dict[tuple[str, int], Outgoing | None] = {}
        for offer in self._changes[type(recorded.event)]:
            guild_id = offer.guild_of(self._app, recorded)
            if guild_id is None:
                continue
            members = self._visibility.members(guild_id)
            online = [user_id for user_id in self._registry.users() if user_id in members]
            for user_id, gained, gone in self._sight.compare(online, guild_id):
                sessions = [s for s in self._registry.of(user_id) if s.wants(guild_id)]
                came = []
                for channel_id in sorted(gained):
                    item = self._channel("CHANNEL_CREATE", channel_id, recorded.seq, made)
                    if item is not None:
                        came.append(channel_id)
                        for session in sessions:
                            session.push(item)
                for item in self._sync(user_id, guild_id, came, sorted(gained - set(came)), recorded.seq):
                    for session in sessions:
                        session.push(item)
                for channel_id in sorted(gone, reverse=True):
                    item = self._channel("CHANNEL_DELETE", channel_id, recorded.seq, made) or self._lost(channel_id, recorded.seq)
                    lost += [(session, item) for session in sessions if item is not None]
        return lost

    def _sync(self, user_id: int, guild_id: int, channel_ids: list[int], thread_ids: list[int], seq: int) -> list[Outgoing]:
        if not thread_ids:
            return []
        bodies = [offer.gained(self._app, user_id, guild_id, channel_ids, thread_ids) for offer in self._threads]
        return [Outgoing("THREAD_LIST_SYNC", body, derived(seq)) for body in bodies]

    def _lost(self, thread_id: int, seq: int) -> Outgoing | None:
        bodies = [body for offer in self._threads if (body := offer.lost(self._app, thread_id)) is not None]
        return Outgoing("THREAD_DELETE", bodies[0], derived(seq)) if bodies else None

    def _channel(self, name: str, channel_id: int, seq: int, made: dict[tuple[str, int], Outgoing | None]) -> Outgoing | None:
        key = (name, channel_id)
        if key not in made:
            bodies = [body for offer in self._channels if (body := offer.build(self._app, channel_id)) is not None]
            made[key] = Outgoing(name, bodies[0], derived(seq)) if bodies else None
        return made[key]

    def _end(self, recorded: Recorded) -> None:
        for offer in self._revocations[type(recorded.event)]:
            credentials, user_ids = offer.revoked(self._app, recorded)
            for session in self._registry.all():
                if session.user_id in user_ids or (session.credential_id and session.credential_id in credentials):
                    self._revoke(session)


def _by_event(app: App, kind: type[Offer]) -> dict[type[Event], list[Offer]]:
    found: dict[type[Event], list[Offer]] = {}
    for offer in app.offers(kind):
        found.setdefault(offer.event, []).append(offer)
    return found
