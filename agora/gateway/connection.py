"""``Connection``: one WebSocket. It writes frames straight to the transport; aiohttp does the handshake, reading and closing."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from aiohttp import web

from agora.gateway.frames import Codec
from agora.gateway.limits import PAYLOADS_PER_WINDOW, SOCKET_BUFFER, WINDOW_S
from agora.protocol.close_codes import CloseCode

if TYPE_CHECKING:
    from agora.gateway.session import Session

log = logging.getLogger(__name__)


class Connection:
    """Where a session's dispatches go while the client is there. ``sent`` is the newest number written."""

    __slots__ = (
        "_closing",
        "_codec",
        "_transport",
        "_window_count",
        "_window_start",
        "announced",
        "backlog",
        "heard_at",
        "locale",
        "sent",
        "session",
        "url",
        "ws",
    )

    def __init__(self, ws: web.WebSocketResponse, transport: asyncio.Transport, codec: Codec, *, url: str, now: float) -> None:
        self.ws = ws
        self.url = url  # where the client may come back to resume
        self.sent = 0
        self.backlog = 0  # how many dispatches a resuming client had missed: its queue may be longer by as much
        self.session: Session | None = None
        self.heard_at = now  # last heartbeat, on the loop's clock in seconds
        self.locale = "en"
        self.announced = False  # the domains know that the client is there
        self._transport = transport
        self._codec = codec
        self._window_start = now
        self._window_count = 0
        self._closing: asyncio.Task[None] | None = None

    @property
    def open(self) -> bool:
        """Whether anything can still be sent."""
        return self._closing is None and not self._transport.is_closing()

    @property
    def full(self) -> bool:
        """Whether the client does not take what was written."""
        return self._transport.get_write_buffer_size() > SOCKET_BUFFER

    def write(self, messages: list[bytes]) -> None:
        """Send JSON messages in one write."""
        if self.open:
            encode = self._codec.encode
            self._transport.write(b"".join([encode(message) for message in messages]))

    def take(self, now: float) -> bool:
        """Count one payload of the client; False when it sends too many."""
        if now - self._window_start >= WINDOW_S:
            self._window_start, self._window_count = now, 0
        self._window_count += 1
        return self._window_count <= PAYLOADS_PER_WINDOW

    def close(self, code: CloseCode | int, reason: str = "") -> asyncio.Task[None]:
        """Begin to close, with a code the client understands. The session stays, so that the client may resume."""
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close(int(code), reason))
        return self._closing

    async def closed(self) -> None:
        """Wait until a close that was begun is done."""
        if self._closing is not None:
            await self._closing

    async def _close(self, code: int, reason: str) -> None:
        if self.full:
            self._transport.abort()  # a close frame would wait behind what the client does not read
            return
        try:
            await self.ws.close(code=code, message=reason.encode(), drain=False)
        except (ConnectionError, RuntimeError) as error:
            log.debug("closing a connection that is gone: %s", error)
