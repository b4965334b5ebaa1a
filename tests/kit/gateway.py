"""``GatewayClient``: a client of the gateway that says what it got, in the words of the protocol; nothing is hidden or repaired."""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any, Self

import aiohttp
import zstandard

from agora.protocol import intents as all_intents
from agora.protocol.opcodes import Op

PATIENCE_S = 10.0
Payload = dict[str, Any]


class GatewayClient:
    """One connection. ``dispatches`` are all payloads of operation 0 in order; ``others`` the rest."""

    def __init__(self, session: aiohttp.ClientSession, url: str, compress: str = "") -> None:
        self._session = session
        self._url = f"{url.replace('http', 'ws', 1)}/gateway?v=10&encoding=json" + (f"&compress={compress}" if compress else "")
        self._inflate = zlib.decompressobj() if compress == "zlib-stream" else None
        self._unzstd = zstandard.ZstdDecompressor().decompressobj() if compress == "zstd-stream" else None
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self.dispatches: list[Payload] = []
        self.others: list[Payload] = []
        self.session_id = ""
        self.close_code: int | None = None

    @property
    def ws(self) -> aiohttp.ClientWebSocketResponse:
        """The socket."""
        assert self._ws is not None
        return self._ws

    @property
    def seq(self) -> int:
        """The newest sequence number seen."""
        return int(self.dispatches[-1]["s"]) if self.dispatches else 0

    async def connect(self) -> Self:
        """Open the socket and wait for HELLO."""
        self._ws = await self._session.ws_connect(self._url, max_msg_size=0)
        self._reader = asyncio.create_task(self._read())
        await self.until(lambda: bool(self.others))
        assert self.others[0]["op"] == Op.HELLO
        return self

    async def identify(self, token: str, intents: int = all_intents.ALL, **more: Any) -> Payload:
        """Begin a session; returns READY after the GUILD_CREATE of each of its guilds."""
        await self.send(Op.IDENTIFY, {"token": token, "intents": intents, "properties": {}, **more})
        ready = await self.wait_for("READY")
        self.session_id = ready["session_id"]
        await self.until(lambda: len(self.named("GUILD_CREATE")) >= len(ready["guilds"]))
        return ready

    async def resume(self, token: str, session_id: str, seq: int | None) -> None:
        """Ask to go on; what comes is in ``dispatches`` and ``others``."""
        self.session_id = session_id
        await self.send(Op.RESUME, {"token": token, "session_id": session_id, "seq": seq})

    async def send(self, op: int, data: Any) -> None:
        """One payload."""
        await self.ws.send_str(json.dumps({"op": op, "d": data}))

    async def beat(self) -> None:
        """A heartbeat, and wait for its answer: everything sent before it has arrived then."""
        count = self.acks()
        await self.send(Op.HEARTBEAT, self.seq or None)
        await self.until(lambda: self.acks() > count)

    def acks(self) -> int:
        """How many heartbeats were answered."""
        return sum(1 for p in self.others if p["op"] == Op.HEARTBEAT_ACK)

    def named(self, name: str) -> list[Any]:
        """The data of all dispatches of a name."""
        return [p["d"] for p in self.dispatches if p["t"] == name]

    async def wait_for(self, name: str, match: Callable[[Any], bool] = lambda _: True) -> Any:
        """The data of the first dispatch of a name that matches, past or to come."""
        await self.until(lambda: any(match(d) for d in self.named(name)), f"no {name}")
        return next(d for d in self.named(name) if match(d))

    async def until(self, condition: Callable[[], bool], message: str = "not reached") -> None:
        """Wait until the condition holds; fails when the connection closes before."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                if self._reader is not None and self._reader.done():
                    raise AssertionError(f"{message}: closed with {self.close_code}")
                self._news.clear()
                await self._news.wait()

    async def closed(self) -> int | None:
        """Wait until the server has closed; its code."""
        assert self._reader is not None
        async with asyncio.timeout(PATIENCE_S):
            await self._reader
        return self.close_code

    async def close(self, code: int = 4000) -> None:
        """Close; with this code the session may be resumed."""
        await self.ws.close(code=code)
        if self._reader is not None:
            await asyncio.wait([self._reader])

    def abort(self) -> None:
        """Vanish without a goodbye, as when a cable is pulled. What was received until now stays."""
        if self._reader is not None:
            self._reader.cancel()
        self._transport().abort()

    def stop_reading(self) -> None:
        """Let everything pile up, as a client does that is stuck."""
        if self._reader is not None:
            self._reader.cancel()
        self._transport().pause_reading()

    def _transport(self) -> asyncio.Transport:
        connection = self.ws._response.connection  # aiohttp has no public way to the transport of a client's socket
        assert connection is not None and connection.transport is not None
        return connection.transport

    async def _read(self) -> None:
        try:
            async for message in self.ws:
                self._take(message.data)
        finally:
            self.close_code = self.ws.close_code
            self._news.set()

    def _take(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            if self._inflate is not None:
                assert data.endswith(b"\x00\x00\xff\xff")
                data = self._inflate.decompress(data)
            elif self._unzstd is not None:
                data = self._unzstd.decompress(data)
        payload = json.loads(data)
        (self.dispatches if payload["op"] == Op.DISPATCH else self.others).append(payload)
        self._news.set()


@contextlib.asynccontextmanager
async def gateway_client(session: aiohttp.ClientSession, url: str, compress: str = "") -> AsyncIterator[GatewayClient]:
    """A connected client, closed at the end."""
    client = await GatewayClient(session, url, compress).connect()
    try:
        yield client
    finally:
        if not client.ws.closed:
            await client.close()
