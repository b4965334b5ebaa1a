"""Tells outgoing webhooks what happened: signed, in order, one at a time for each target, again when it fails.

Each try carries the same ``X-Agora-Delivery``, so that a receiver can pass over what it has taken already; the signature is
HMAC-SHA256 with the target's secret over ``TIMESTAMP.BODY``.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import msgspec

from agora import __version__
from agora.domains.place.accounts import Users
from agora.domains.place.permissions import Directory
from agora.domains.talk.messages import MessageDeleted, MessageEdited, MessageSent
from agora.domains.talk.webhooks.events import TargetCreated, TargetDeleted, TargetUpdated
from agora.domains.talk.webhooks.settings import WebhookSettings
from agora.domains.talk.webhooks.target import NAMES, Delivery, Target, is_listed
from agora.domains.talk.webhooks.target_queries import find_next, list_targets, list_waiting
from agora.domains.talk.webhooks.target_writes import do_delivered, do_failed, do_queue
from agora.kernel.app import App
from agora.kernel.clock import iso
from agora.kernel.ctx import Ctx, system
from agora.kernel.events import Recorded
from agora.kernel.http import encode

log = logging.getLogger(__name__)

LONGEST_PAUSE_S = 3600.0


class Courier:
    """One task for each target for which something waits; nothing runs while nothing does."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._settings = app.config.get(WebhookSettings)
        self._targets: dict[int, Target] = {}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliver while the block runs; what is cut off is delivered after the next start."""
        self._targets = {target.id: target for target in await self._app.db.read(list_targets)}
        timeout = aiohttp.ClientTimeout(total=self._settings.timeout_s)
        async with aiohttp.ClientSession(timeout=timeout, headers={"User-Agent": f"Agora/{__version__}"}) as session:
            self._session = session
            for target_id in await self._app.db.read(list_waiting):
                self.poke(target_id)
            try:
                yield
            finally:
                self._session = None
                tasks = list(self._running.values())
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def note(self, target: Target, *, gone: bool = False) -> None:
        """A target is new, changed or gone."""
        self._targets.pop(target.id, None)
        if not gone:
            self._targets[target.id] = target
            self.poke(target.id)

    def choose(self, recorded: Recorded) -> list[Target]:
        """Who is to hear of an event: those of its guild that want it, for channels that their makers may see."""
        if not self._targets or recorded.guild_id is None or recorded.channel_id is None or self._is_echo(recorded):
            return []
        name, directory = NAMES[type(recorded.event)], self._app.get(Directory)
        return [
            target
            for target in self._targets.values()
            if target.guild_id == recorded.guild_id
            and name in target.events
            and not target.paused
            and target.channel_id in (None, recorded.channel_id)
            and directory.can_view(target.creator_id, recorded.channel_id)
        ]

    def poke(self, target_id: int) -> None:
        """Something waits for this target."""
        if self._session is None:
            return
        if target_id in self._running:
            self._again.add(target_id)
            return
        task = asyncio.create_task(self._serve(target_id))
        self._running[target_id] = task
        task.add_done_callback(lambda _: self._ended(target_id))

    def _ended(self, target_id: int) -> None:
        del self._running[target_id]
        if target_id in self._again:
            self._again.discard(target_id)
            self.poke(target_id)

    def _is_echo(self, recorded: Recorded) -> bool:
        """What came through a webhook is not told on: two programs would talk for ever."""
        event = recorded.event
        assert isinstance(event, MessageSent | MessageEdited | MessageDeleted)
        return self._app.get(Users).get(event.author_id) is None

    async def _serve(self, target_id: int) -> None:
        """Deliver in order until nothing waits; a failure holds the rest back, so that order is kept."""
        ctx = system(self._app)
        try:
            while (found := await ctx.read(find_next, target_id)) is not None:
                target, delivery = found
                pause_s = await self._deliver(ctx, target, delivery)
                await asyncio.sleep(pause_s)
        except Exception:
            log.exception("outgoing webhook %d stopped; it goes on with the next event", target_id)

    async def _deliver(self, ctx: Ctx, target: Target, delivery: Delivery) -> float:
        """Try once; returns the seconds to wait before going on."""
        if not is_listed(target.url, self._settings.targets):
            await ctx.write(do_failed, delivery, "The address is not in [webhooks] targets.", dead=True)
            return 0.0
        error = await self._post(target, delivery)
        if error is None:
            await ctx.write(do_delivered, delivery.id)
            return 0.0
        dead = delivery.tries + 1 >= self._settings.tries
        await ctx.write(do_failed, delivery, error, dead=dead)
        if dead:
            log.warning("outgoing webhook %s: event %d could not be delivered: %s", target.name, delivery.event_id, error)
        return 0.0 if dead else min(self._settings.retry_s * 4**delivery.tries, LONGEST_PAUSE_S)

    async def _post(self, target: Target, delivery: Delivery) -> str | None:
        """Why it failed; None when it was taken."""
        assert self._session is not None
        body = delivery.body.encode()
        timestamp = str(self._app.clock.now_ms() // 1000)
        headers = {
            "Content-Type": "application/json",
            "X-Agora-Event": delivery.event,
            "X-Agora-Delivery": str(delivery.event_id),
            "X-Agora-Timestamp": timestamp,
            "X-Agora-Signature": sign(target.secret, timestamp, body),
        }
        try:
            async with self._session.post(target.url, data=body, headers=headers, allow_redirects=False) as answer:
                return None if 200 <= answer.status < 300 else f"It answered {answer.status} {answer.reason or ''}".rstrip()
        except TimeoutError:
            return f"It did not answer within {self._settings.timeout_s:g} s."
        except (aiohttp.ClientError, OSError) as error:
            return f"It cannot be reached: {error}"


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The value of ``X-Agora-Signature``."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


async def on_happened(ctx: Ctx, batch: Sequence[Recorded]) -> None:
    """Write down who is to be told of what, then go."""
    courier = ctx.app.get(Courier)
    pairs = [(recorded, target) for recorded in batch for target in courier.choose(recorded)]
    if pairs:
        await ctx.write(do_queue, [_delivery(ctx.app, recorded, target) for recorded, target in pairs])
        for target_id in dict.fromkeys(target.id for _, target in pairs):
            courier.poke(target_id)


def _delivery(app: App, recorded: Recorded, target: Target) -> Delivery:
    event, name = recorded.event, NAMES[type(recorded.event)]
    assert isinstance(event, MessageSent | MessageEdited | MessageDeleted)
    if isinstance(event, MessageDeleted):
        data = msgspec.Raw(encode({"id": str(event.id), "channel_id": str(event.channel_id), "guild_id": str(event.guild_id)}))
    else:
        data = event.wire
    body = {
        "id": str(recorded.id),
        "type": name,
        "at": iso(recorded.at),
        "guild_id": str(recorded.guild_id),
        "channel_id": str(recorded.channel_id),
        "data": data,
    }
    return Delivery(
        id=app.ids.next(), target_id=target.id, event_id=recorded.id, event=name, body=encode(body).decode(), at=recorded.at
    )


def on_target(app: App, recorded: Recorded) -> None:
    """Keep the courier's list fresh."""
    event, courier = recorded.event, app.find(Courier)
    assert isinstance(event, TargetCreated | TargetUpdated | TargetDeleted)
    if courier is not None:
        courier.note(event.target, gone=isinstance(event, TargetDeleted))
