"""``Gateway``: everything of one server's gateway put together, from the first handshake to the last close."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

import msgspec

from agora.gateway.connection import Connection
from agora.gateway.fanout import Fanout
from agora.gateway.flush import Flusher
from agora.gateway.journal import Journal, Kept
from agora.gateway.limits import IDENTIFY_S, MAX_DETACHED, RESUME_S, ZOMBIE_S
from agora.gateway.outgoing import Introduction, Outgoing
from agora.gateway.ports import ClientOp, Refresh, SessionWatch, Visibility
from agora.gateway.ready import Introducer
from agora.gateway.registry import Registry
from agora.gateway.replay import Replay
from agora.gateway.session import Promise, Session
from agora.gateway.sight import Sight
from agora.kernel.app import App
from agora.kernel.auth import Actor
from agora.kernel.bus import Whisper
from agora.kernel.ctx import Ctx
from agora.kernel.events import Recorded
from agora.protocol.close_codes import CloseCode

log = logging.getLogger(__name__)
SWEEP_S = 5.0
PACK_S = 0.1
REFRESH_S = 5.0
RECONNECT = b'{"op":7,"d":null,"s":null,"t":null}'


class Gateway:
    """Used on the event loop only. ``open`` before the server accepts, ``close`` before it stops."""

    def __init__(self, app: App, folder: Path) -> None:
        visibility: Visibility = app.get(Visibility)
        loop = asyncio.get_running_loop()
        self.app = app
        self.loop = loop
        self.connections: set[Connection] = set()
        self.flusher = Flusher(loop)
        self.journal = Journal(folder)
        self.sight = Sight(visibility)
        self.registry = Registry(visibility)
        self.introducer = Introducer(app)
        self.fanout = Fanout(app, self.registry, self.sight, self._introduce, self.revoke)
        self.replay = Replay(self.journal, app.ledger, self.fanout.renderer)
        self.ops = {offer.op: offer for offer in app.offers(ClientOp)}
        self._refreshes = app.offers(Refresh)
        self._watchers = app.offers(SessionWatch)
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._early: list[Recorded] | None = []

    # events

    def on_events(self, events: Sequence[Recorded]) -> None:
        """After each commit. Until ``recovered`` events wait; after ``close`` they are left to the next start."""
        if self._stopping:
            return
        if self._early is not None:
            self._early.extend(events)
            return
        for recorded in events:
            try:
                self.fanout.on_event(recorded)
            except Exception:
                log.exception("could not tell of event %s (%d)", recorded.type, recorded.seq)
            self.journal.processed = max(self.journal.processed, recorded.seq)

    def recovered(self) -> None:
        """The sessions of before the restart are up to date: go on with what happened meanwhile."""
        early, self._early = self._early, None
        self.on_events(early or ())

    def on_whisper(self, whisper: Whisper) -> None:
        """After each whisper."""
        if not self._stopping:
            self.fanout.on_whisper(whisper)

    # sessions

    def begin(self, kept: Kept, connection: Connection) -> tuple[Session, Promise]:
        """A new session, told from now on; its promise is to be settled with READY."""
        session = self._session(msgspec.structs.replace(kept, last=0), slot=None)
        promise = session.promise()
        session.slot = self.journal.take(msgspec.structs.replace(kept, held=True))
        self.attach(session, connection, seen=0)
        return session, promise

    def recall(self, kept: Kept) -> None:
        """A session of before the restart, without a connection."""
        session = self._session(kept, slot=kept.slot)
        session.detached_at = self.loop.time()
        session.stale = True

    def _session(self, kept: Kept, slot: int | None) -> Session:
        session = Session(
            session_id=kept.session_id,
            user_id=kept.user_id,
            credential_id=kept.credential_id,
            intents=kept.intents,
            shard=kept.shard,
            journal=self.journal,
            flusher=self.flusher,
            last=kept.last,
            slot=slot,
        )
        self.sight.meet(session.user_id)
        self.registry.add(session)
        return session

    def attach(self, session: Session, connection: Connection, seen: int) -> None:
        """From now on this connection is written to, beginning after the number the client has seen."""
        self.displace(session)
        connection.session = session
        connection.sent = seen
        connection.backlog = min(session.ring.last - seen, len(session.ring.since(seen) or ())) if seen else 0
        session.connection = connection
        if session.ring.last > seen:
            self.flusher.mark(connection)

    def displace(self, session: Session) -> None:
        """Part the session from the connection it has, if any: its client has come back on another one."""
        connection = session.connection
        if connection is not None:
            self.detach(connection)
            connection.close(CloseCode.UNKNOWN_ERROR, "The session was resumed elsewhere.")

    def announce(self, connection: Connection, presence: bytes | None) -> None:
        """Tell the domains that a client is there."""
        session = connection.session
        if session is None:
            return
        connection.announced = True
        for watch in self._watchers:
            watch.opened(self.app, session, presence)

    def detach(self, connection: Connection) -> None:
        """The client is gone; the session waits for it."""
        session = connection.session
        connection.session = None
        if session is None or session.connection is not connection:
            return
        session.connection = None
        session.detached_at = self.loop.time()
        self._forget_oldest(session.user_id)
        if connection.announced:
            for watch in self._watchers:
                watch.closed(self.app, session)

    def _forget_oldest(self, user_id: int) -> None:
        """A client that connects and leaves again and again must not fill the memory."""
        waiting = [each for each in self.registry.of(user_id) if each.connection is None]
        if len(waiting) > MAX_DETACHED:
            self.drop(min(waiting, key=lambda each: each.detached_at))

    def drop(self, session: Session) -> None:
        """The session is over: it cannot be resumed."""
        self.registry.remove(session)
        if session.slot is not None:
            self.journal.free(session.slot)
            session.slot = None
        if not self.registry.of(session.user_id):
            self.sight.leave(session.user_id)

    def revoke(self, session: Session) -> None:
        """The right to be here has ended: close with 4004, after which a client does not come back by itself."""
        connection = session.connection
        self.drop(session)
        if connection is not None:
            connection.close(CloseCode.AUTHENTICATION_FAILED, "The token is no longer valid.")

    def context(self, session: Session, locale: str = "en") -> Ctx:
        """To read as the session's user."""
        return Ctx(app=self.app, actor=Actor(user_id=session.user_id, locale=locale), locale=locale)

    def introduce(self, session: Session, promise: Promise, items: Sequence[Introduction]) -> None:
        """What was promised is built: send it, and keep it packed once it is on its way."""
        session.settle(promise, items)
        for item in items:
            self.loop.call_later(PACK_S, item.pack)

    def refresh_later(self, session: Session) -> None:
        """The session is of before a restart and its client is back: tell it what it may have wrong."""
        session.stale = False
        self.loop.call_later(REFRESH_S, lambda: self._start(self._refresh(session)))

    async def _refresh(self, session: Session) -> None:
        for offer in self._refreshes:
            if session.connection is None or (offer.intent and not session.intents & offer.intent):
                continue
            for name, payload in await offer.build(self.context(session)):
                session.send(name, payload)

    def _introduce(self, session: Session, guild_id: int, seq: int) -> None:
        promise = session.promise()
        self._start(self._build_guild(session, promise, guild_id, seq))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        if self._stopping:
            work.close()
            return
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _build_guild(self, session: Session, promise: Promise, guild_id: int, seq: int) -> None:
        items: list[Introduction] = []
        try:
            item = await self.introducer.guild(self.context(session), guild_id, seq)
            items = [item] if item is not None else []
        except Exception:
            log.exception("could not introduce guild %d to user %d", guild_id, session.user_id)
            self.invalidate(session)
        self.introduce(session, promise, items)

    def invalidate(self, session: Session) -> None:
        """What the client knows may be wrong: make it identify again."""
        connection = session.connection
        self.drop(session)
        if connection is not None:
            connection.close(CloseCode.SESSION_TIMED_OUT, "Identify again.")

    # upkeep

    async def sweep(self) -> None:
        """Again and again: close connections that fell silent, end sessions nobody came back to."""
        while True:
            await asyncio.sleep(SWEEP_S)
            self.sweep_once(self.loop.time())

    def sweep_once(self, now: float) -> None:
        """One round, at this time of the loop's clock."""
        for connection in list(self.connections):
            silence = now - connection.heard_at
            if silence > (ZOMBIE_S if connection.session is not None else IDENTIFY_S):
                connection.close(CloseCode.SESSION_TIMED_OUT, "No heartbeat." if connection.session else "No identify.")
        for session in self.registry.all():
            if session.connection is None and now - session.detached_at > RESUME_S:
                self.drop(session)

    async def close(self) -> None:
        """Ask all clients to come back and resume, and close their connections."""
        self._stopping = True
        for task in list(self._tasks):
            task.cancel()
        closing = []
        for connection in list(self.connections):
            connection.write([RECONNECT])
            closing.append(connection.close(CloseCode.UNKNOWN_ERROR, "The server restarts: resume."))
        if closing:
            await asyncio.wait(closing, timeout=2.0)
        self.journal.close()

    @property
    def stopping(self) -> bool:
        """No new connections are taken."""
        return self._stopping

    # for domains (ports.Connections)

    def count(self, user_id: int) -> int:
        """How many connections the user has."""
        return sum(1 for session in self.registry.of(user_id) if session.connection is not None)

    def online(self) -> frozenset[int]:
        """The users with at least one connection."""
        return frozenset(c.session.user_id for c in self.connections if c.session is not None)

    def send_to(self, user_ids: Sequence[int], name: str, payload: bytes) -> None:
        """Dispatch to all sessions of these users, never stored."""
        item = Outgoing(name, payload)
        for user_id in user_ids:
            for session in self.registry.of(user_id):
                session.push(item)
