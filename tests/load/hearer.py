"""The cheapest gateway client: a WebSocket that identifies or resumes, and then only looks for the nonces of messages."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import struct
import time
from collections.abc import Callable
from typing import cast

import msgspec

_NONCE = re.compile(rb'"nonce":"(\d+)"')
_NUMBER = re.compile(rb'"s":(\d+)')
_SESSION = re.compile(rb'"session_id":"([^"]+)"')
_MESSAGE = b'"t":"MESSAGE_CREATE"'
_READY = b'"t":"READY"'
_RESUMED = b'"t":"RESUMED"'
INTENTS = 1 << 9 | 1 << 0  # messages and guilds


class Hearer(asyncio.Protocol):
    """One client. ``heard(nonce, at)`` is called for each message; ``at`` is ``time.perf_counter``.

    ``disordered`` counts messages that did not have the next nonce: lost, doubled or out of order. ``again`` is a client of before
    whose session this one resumes.
    """

    def __init__(self, token: str, heard: Callable[[int, float], None], again: Hearer | None = None) -> None:
        self.token = token
        self.session = again.session if again else b""
        self.number = again.number if again else 0  # of the newest dispatch
        self.next = again.next if again else 0
        self.disordered = 0
        self.refused = False
        self._again = again is not None
        self._heard = heard
        self._buffer = bytearray()
        self._upgraded = False
        self._transport: asyncio.Transport | None = None
        self._beating: asyncio.TimerHandle | None = None
        self._period = 40.0
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.lost = False

    @classmethod
    async def connect(cls, port: int, token: str, heard: Callable[[int, float], None], again: Hearer | None = None) -> Hearer:
        """Connect and wait for READY, or for RESUMED when a session goes on. Raises ConnectionError when it cannot."""
        loop = asyncio.get_running_loop()
        _, hearer = await loop.create_connection(lambda: cls(token, heard, again), "127.0.0.1", port)
        async with asyncio.timeout(30):
            await hearer.ready
        return hearer

    def close(self) -> None:
        """Hang up."""
        if self._beating is not None:
            self._beating.cancel()
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            (
                "GET /gateway?v=10&encoding=json HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
            ).encode()
        )

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        if self._beating is not None:
            self._beating.cancel()
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("the gateway hung up"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            assert self._buffer.startswith(b"HTTP/1.1 101"), bytes(self._buffer[:end])
            del self._buffer[: end + 4]
            self._upgraded = True
        while self._next_frame():
            pass

    def _next_frame(self) -> bool:
        buffer = self._buffer
        if len(buffer) < 2:
            return False
        length, start = buffer[1] & 0x7F, 2
        if length == 126:
            if len(buffer) < 4:
                return False
            length, start = struct.unpack_from("!H", buffer, 2)[0], 4
        elif length == 127:
            if len(buffer) < 10:
                return False
            length, start = struct.unpack_from("!Q", buffer, 2)[0], 10
        if len(buffer) < start + length:
            return False
        if buffer[0] & 0x0F == 1:
            self._take(bytes(buffer[start : start + length]))
        del buffer[: start + length]
        return True

    def _take(self, text: bytes) -> None:
        if _MESSAGE in text:
            found = _NONCE.search(text)
            if found is not None:
                self._hear(int(found[1]))
        number = _NUMBER.search(text)
        if number is not None:
            self.number = int(number[1])
        if not self.ready.done():
            self._begin(text)

    def _hear(self, nonce: int) -> None:
        self.disordered += nonce != self.next
        self.next = nonce + 1
        self._heard(nonce, time.perf_counter())

    def _begin(self, text: bytes) -> None:
        """Until READY or RESUMED: answer hello, and learn what is needed to resume."""
        if _READY in text or _RESUMED in text:
            found = _SESSION.search(text)
            self.session = found[1] if found else self.session
            self.ready.set_result(None)
        elif _MESSAGE not in text and b'"op":10' in text:
            hello = msgspec.json.decode(text)
            self._period = hello["d"]["heartbeat_interval"] / 1000
            self._introduce()
            self._beating = asyncio.get_running_loop().call_later(self._period * 0.5, self._beat)
        elif b'"op":9' in text:
            self.refused = True
            self.ready.set_exception(ConnectionError("the session cannot be resumed"))

    def _introduce(self) -> None:
        if self._again:
            self._send({"op": 6, "d": {"token": self.token, "session_id": self.session.decode(), "seq": self.number}})
        else:
            self._send({"op": 2, "d": {"token": self.token, "intents": INTENTS, "properties": {}}})

    def _beat(self) -> None:
        self._send({"op": 1, "d": None})
        self._beating = asyncio.get_running_loop().call_later(self._period * 0.9, self._beat)

    def _send(self, payload: object) -> None:
        body = msgspec.json.encode(payload)
        size = bytes([0x80 | len(body)]) if len(body) < 126 else struct.pack("!BH", 0x80 | 126, len(body))
        mask = b"\x00\x00\x00\x00"  # a mask must be sent; this one changes nothing
        assert self._transport is not None
        self._transport.write(b"\x81" + size + mask + body)
