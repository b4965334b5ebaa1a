"""All servers of models together: their health, what they offer, and who may ask which one next."""

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import Sequence

import aiohttp
import msgspec

from agora.inference.errors import GenerationFailed, QueueFull
from agora.inference.ports import Priority
from agora.inference.remote_address import Address
from agora.inference.remote_peer import Peer, PeerDown, PeerLimits
from agora.inference.remote_shapes import RemoteModel

log = logging.getLogger(__name__)
LOOK_S = 15.0
"""How often each server is asked whether it is well."""


class RemoteServer(msgspec.Struct, frozen=True):
    """A server as it was last seen. `kind` is openai, ollama or unknown; `state` is unknown, ready or down."""

    name: str
    kind: str
    state: str
    reason: str
    models: list[str]
    active: int


class _Waiter(msgspec.Struct, eq=False):
    model: str
    priority: Priority
    order: int
    tried: frozenset[str]
    found: asyncio.Future[Peer]


class Remotes:
    """The servers of the settings, in their order: the first that is well and free is asked first."""

    def __init__(self, addresses: Sequence[Address], limits: PeerLimits, *, waiting: int = 512) -> None:
        """`waiting` requests may wait for a free server; more are refused."""
        self._addresses, self._limits, self._most = tuple(addresses), limits, waiting
        self._session: aiohttp.ClientSession | None = None
        self._task: asyncio.Task[None] | None = None
        self._waiters: list[_Waiter] = []
        self._count = itertools.count()
        self.peers: list[Peer] = []
        self.context = limits.context

    @property
    def configured(self) -> bool:
        """Whether there is any server."""
        return bool(self._addresses)

    async def start(self) -> None:
        """Begins to look after the servers; returns when each was looked at once."""
        if self._session is not None:
            return
        # No proxy of the environment, no cookies: what is asked goes to the address in the settings and nowhere else.
        connector = aiohttp.TCPConnector(limit=0)
        self._session = session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        self.peers = [Peer(address, self._limits, session) for address in self._addresses]
        await self.look()
        self._task = asyncio.create_task(self._watch(), name="remote-models")

    async def stop(self) -> None:
        """Hangs up on all servers; whoever waits is refused."""
        session, self._session = self._session, None
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for waiter in self._waiters:
            _refuse(waiter, GenerationFailed("The servers of models are not used any more."))
        self._waiters.clear()
        if session is not None:
            await session.close()

    async def look(self) -> None:
        """Asks every server how it is."""
        before = {peer.name: (peer.state, peer.reason) for peer in self.peers}
        await asyncio.gather(*(peer.look() for peer in self.peers))
        for peer in self.peers:
            if before[peer.name] != (peer.state, peer.reason):
                level = logging.INFO if peer.state == "ready" else logging.WARNING
                log.log(level, "models of %s: %s", peer.name, peer.reason or f"{len(peer.models)} offered")
        self._serve()

    def list_servers(self) -> list[RemoteServer]:
        """All servers as they were last seen."""
        return [
            RemoteServer(peer.name, peer.kind or "unknown", peer.state, peer.reason, sorted(peer.models), peer.taken)
            for peer in self.peers
        ]

    def list_models(self) -> dict[str, RemoteModel]:
        """What is offered, by name; the first server that tells of a model counts."""
        found: dict[str, RemoteModel] = {}
        for peer in self.peers:
            for name, model in peer.models.items():
                found.setdefault(name, model)
        return found

    async def describe(self, name: str) -> RemoteModel | None:
        """A model with all that the first server that offers it tells; None when none does."""
        for peer in self.peers:
            if peer.state == "ready" and name in peer.models:
                with contextlib.suppress(PeerDown):  # what its list says is known all the same
                    return await peer.describe(name)
        return self.list_models().get(name)

    def find_problem(self, model: str) -> str:
        """Why nobody can be asked for this model now; empty when somebody can."""
        if any(peer.state == "ready" and model in peer.models for peer in self.peers):
            return ""
        down = [f"{peer.name}: {peer.reason}" for peer in self.peers if peer.state == "down"]
        return "; ".join(down) or f"no server offers {model}"

    async def take(self, model: str, priority: Priority, tried: frozenset[str] = frozenset()) -> Peer:
        """Waits for a seat at a server that offers the model and is not among those tried; give it back afterwards.

        Raises GenerationFailed when there is no such server, QueueFull when too many wait already.
        """
        if len(self._waiters) >= self._most:
            raise QueueFull("Too many requests wait for the servers of models; try again in a moment.")
        future: asyncio.Future[Peer] = asyncio.get_running_loop().create_future()
        waiter = _Waiter(model, priority, next(self._count), tried, future)
        self._waiters.append(waiter)
        self._serve()
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                self.give_back(future.result())
            raise
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)

    def give_back(self, peer: Peer) -> None:
        """The answer is over."""
        peer.taken -= 1
        self._serve()

    def rest(self, peer: Peer, seconds: float) -> None:
        """The server has asked for patience."""
        peer.rests_until = time.monotonic() + seconds
        asyncio.get_running_loop().call_later(seconds + 0.01, self._serve)

    @property
    def waiting(self) -> int:
        """Requests that wait for a seat."""
        return len(self._waiters)

    def _serve(self) -> None:
        """Seats whoever can be seated, the most urgent first, and refuses those for whom no server is left."""
        for waiter in sorted(self._waiters, key=lambda one: (one.priority, one.order)):
            fit = [peer for peer in self.peers if peer.name not in waiter.tried and self._offers(peer, waiter.model)]
            if not fit:
                self._waiters.remove(waiter)
                reason = self.find_problem(waiter.model) or "the servers that offer it have failed"
                _refuse(waiter, GenerationFailed(f"No server can write with {waiter.model} now: {reason}."))
                continue
            free = [peer for peer in fit if peer.has_seat(time.monotonic())]
            if free:
                self._waiters.remove(waiter)
                if not waiter.found.done():
                    free[0].taken += 1
                    waiter.found.set_result(free[0])

    def _offers(self, peer: Peer, model: str) -> bool:
        return peer.state == "ready" and model in peer.models

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()


def _refuse(waiter: _Waiter, error: Exception) -> None:
    if not waiter.found.done():
        waiter.found.set_exception(error)
