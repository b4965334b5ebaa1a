"""The cheapest HTTP/1.1 client that is still one: keep-alive, one request at a time, Content-Length answers only."""

from __future__ import annotations

import asyncio
import re
from typing import cast

import msgspec

_LENGTH = re.compile(rb"\r\n[Cc]ontent-[Ll]ength: (\d+)")


class Reply(msgspec.Struct, frozen=True, gc=False):
    """An answer."""

    status: int
    body: bytes


class Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._waiting: asyncio.Future[Reply] | None = None

    @classmethod
    async def connect(cls, port: int) -> Caller:
        """A connection to the server of this machine."""
        _, caller = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return caller

    def call(self, request: bytes) -> asyncio.Future[Reply]:
        """Send a whole request; the future holds its answer."""
        assert self._waiting is None, "one request at a time"
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._waiting

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        found = _LENGTH.search(self._buffer, 0, head + 2)
        end = head + 4 + (int(found[1]) if found else 0)
        if len(self._buffer) < end:
            return
        reply = Reply(int(self._buffer[9:12]), bytes(self._buffer[head + 4 : end]))
        del self._buffer[:end]
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)

    def connection_lost(self, error: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionError("the server hung up"))


def head(method: str, path: str, token: str) -> bytes:
    """Everything of a request but its length and body."""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    ).encode()


def whole(start: bytes, body: bytes = b"") -> bytes:
    """A request ready to send."""
    return b"%bContent-Length: %d\r\n\r\n%b" % (start, len(body), body)
