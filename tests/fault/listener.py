"""A gateway client that resumes after every loss of connection and remembers which messages it heard."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import aiohttp
import msgspec

GUILDS_AND_MESSAGES = 1 | 1 << 9 | 1 << 12 | 1 << 15  # guilds, guild messages, direct messages, content


class Listener:
    """Listens to one channel. ``heard`` are message ids in the order they came; ``sequences`` the gateway's numbers."""

    def __init__(self, url: str, token: str, channel: str) -> None:
        self._url = url
        self._token = token
        self._channel = channel
        self._session_id: str | None = None
        self._sequence: int | None = None
        self.ready = asyncio.Event()
        self.heard: list[str] = []
        self.sequences: list[int] = []
        self.resumed = 0
        self.identified = 0

    async def run(self) -> None:
        """For ever: connect, identify or resume, listen, and again."""
        async with aiohttp.ClientSession() as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
                    async with session.ws_connect(f"{self._url}/gateway?v=10&encoding=json", max_msg_size=0) as socket:
                        await self._listen(socket)
                await asyncio.sleep(0.05)

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        beating: asyncio.Task[None] | None = None
        try:
            async for message in socket:
                if message.type != aiohttp.WSMsgType.TEXT:
                    return
                payload: dict[str, Any] = msgspec.json.decode(message.data)
                if payload["op"] == 10:
                    beating = asyncio.create_task(self._beat(socket, payload["d"]["heartbeat_interval"] / 1000))
                    await self._introduce(socket)
                elif payload["op"] == 9:
                    self._session_id = None
                    await self._introduce(socket)
                elif payload["op"] == 7:
                    return
                elif payload["op"] == 0:
                    self._take(payload)
        finally:
            if beating is not None:
                beating.cancel()

    async def _introduce(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        if self._session_id is not None:
            data = {"token": self._token, "session_id": self._session_id, "seq": self._sequence}
            await socket.send_json({"op": 6, "d": data})
            return
        properties = {"os": "linux", "browser": "test", "device": "test"}
        await socket.send_json({"op": 2, "d": {"token": self._token, "intents": GUILDS_AND_MESSAGES, "properties": properties}})

    async def _beat(self, socket: aiohttp.ClientWebSocketResponse, period: float) -> None:
        while True:
            await asyncio.sleep(period)
            await socket.send_json({"op": 1, "d": self._sequence})

    def _take(self, payload: dict[str, Any]) -> None:
        self._sequence = payload["s"]
        kind, data = payload["t"], payload["d"]
        if kind == "READY":
            self._session_id = data["session_id"]
            self.identified += 1
            self.ready.set()
        elif kind == "RESUMED":
            self.resumed += 1
        elif kind == "MESSAGE_CREATE" and data["channel_id"] == self._channel:
            self.heard.append(data["id"])
            self.sequences.append(payload["s"])
