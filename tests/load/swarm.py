"""Many gateway clients in one process, as light as Python allows: what is measured is the server, not the load generator.

Each client is an ``asyncio.Protocol`` that looks for a time stamp in what it receives, without decoding JSON.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import struct
import time
from typing import cast
from urllib.parse import urlsplit

STAMP = re.compile(rb'"content":"load (\d+) (\d+)')
HEARTBEAT_S = 30.0


class SwarmClient(asyncio.Protocol):
    """One connection: handshake, identify, then only counting."""

    def __init__(self, swarm: Swarm, token: str, intents: int) -> None:
        self._swarm = swarm
        self._token = token
        self._intents = intents
        self._buffer = b""
        self._upgraded = False
        self._transport: asyncio.Transport | None = None
        self.ready = asyncio.get_running_loop().create_future()
        self.received = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name
        key = base64.b64encode(os.urandom(16)).decode()
        self._transport.write(
            f"GET /gateway?v=10&encoding=json HTTP/1.1\r\nHost: {self._swarm.host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        data = self._buffer + data
        if not self._upgraded:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._buffer = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                raise ConnectionError(head.decode())
            self._upgraded = True
            self._send({"op": 2, "d": {"token": self._token, "intents": self._intents, "properties": {}}})
        self._buffer = self._frames(data, now)

    def connection_lost(self, exc: Exception | None) -> None:
        self._swarm.lost += 1
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("closed before READY"))

    def beat(self) -> None:
        """Keep the connection."""
        self._send({"op": 1, "d": None})

    def close(self) -> None:
        """End it."""
        if self._transport is not None:
            self._transport.abort()

    def _frames(self, data: bytes, now: int) -> bytes:
        at, size = 0, len(data)
        while size - at >= 2:
            length, start = data[at + 1], at + 2
            if length >= 126:
                wide = 2 if length == 126 else 8
                if size - start < wide:
                    break
                length = int.from_bytes(data[start : start + wide], "big")
                start += wide
            if size - start < length:
                break
            self._message(data, start, start + length, now)
            at = start + length
        return data[at:]

    def _message(self, data: bytes, start: int, end: int, now: int) -> None:
        found = STAMP.search(data, start, end)
        if found is not None:
            self.received += 1
            self._swarm.latencies.append(now - int(found[1]))
        elif not self.ready.done() and data.find(b'"GUILD_CREATE"', start, end) >= 0:
            self.ready.set_result(None)

    def _send(self, payload: object) -> None:
        assert self._transport is not None
        data = json.dumps(payload).encode()
        head = bytes((0x81, 0x80 | len(data))) if len(data) < 126 else struct.pack("!BBH", 0x81, 0x80 | 126, len(data))
        self._transport.write(head + b"\0\0\0\0" + data)  # masked with zeros


class Swarm:
    """Clients of one server; ``latencies`` in nanoseconds, one for each message received by a client."""

    def __init__(self, url: str) -> None:
        self.host = urlsplit(url).netloc
        self.latencies: list[int] = []
        self.lost = 0
        self.clients: list[SwarmClient] = []
        self._beating: asyncio.Task[None] | None = None

    async def connect(self, tokens: list[str], intents: int = (1 << 0) | (1 << 9), at_once: int = 25) -> None:
        """One client for each token, all READY."""
        host, _, port = self.host.partition(":")
        loop = asyncio.get_running_loop()

        async def one(token: str) -> None:
            _, client = await loop.create_connection(lambda: SwarmClient(self, token, intents), host, int(port))
            self.clients.append(client)
            await client.ready

        for start in range(0, len(tokens), at_once):
            await asyncio.gather(*(one(token) for token in tokens[start : start + at_once]))
        self._beating = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            for client in self.clients:
                client.beat()
                await asyncio.sleep(HEARTBEAT_S / len(self.clients))

    async def received(self, count: int, patience_s: float = 10.0) -> None:
        """Wait until every client has received ``count`` stamped messages."""
        async with asyncio.timeout(patience_s):
            while any(client.received < count for client in self.clients):
                await asyncio.sleep(0.02)

    def close(self) -> None:
        """End all connections."""
        if self._beating is not None:
            self._beating.cancel()
        for client in self.clients:
            client.close()


def content(number: int) -> str:
    """A message of a usual length that carries when it was sent."""
    return f"load {time.monotonic_ns()} {number} " + "the quick brown fox jumps over the lazy dog " * 2


def percentile(values: list[int], part: float) -> float:
    """A percentile of nanoseconds, in milliseconds."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] / 1e6
