"""One WebSocket from handshake to close."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import WSMsgType, web

from agora.gateway.connection import Connection
from agora.gateway.frames import make_codec
from agora.gateway.gateway import Gateway
from agora.gateway.limits import HEARTBEAT_MS, MAX_PAYLOAD
from agora.gateway.ops import on_payload
from agora.kernel.errors import BadRequest, Unavailable
from agora.protocol import API_VERSION
from agora.protocol.close_codes import CloseCode

log = logging.getLogger(__name__)
HELLO = b'{"op":10,"d":{"heartbeat_interval":%d},"s":null,"t":null}' % HEARTBEAT_MS
# Above this a client is not answered with 4002 but cut off with 1009 while it still sends.
MAX_FRAME = 16 * MAX_PAYLOAD
CLOSE_S = 1.0


async def serve(gateway: Gateway, request: web.BaseRequest) -> web.StreamResponse:
    """Take a client's connection and stay with it until it ends."""
    if gateway.stopping:
        raise Unavailable("The server is stopping: connect again in a moment.")
    ws = web.WebSocketResponse(
        compress=False, autoping=True, heartbeat=None, max_msg_size=MAX_FRAME, timeout=CLOSE_S, decode_text=False
    )
    if not ws.can_prepare(request):
        raise BadRequest("This address is a WebSocket: connect with ws:// and ?v=10&encoding=json.")
    await ws.prepare(request)
    transport = request.transport
    codec = make_codec(request.query.get("compress", ""))
    if transport is None or codec is None:
        await ws.close(code=CloseCode.DECODE_ERROR, message=b"Unknown compression: zlib-stream and zstd-stream are known.")
        return ws
    refused = _check_query(request)
    if refused is not None:
        await ws.close(code=refused[0], message=refused[1])
        return ws
    connection = Connection(ws, transport, codec, url=gateway_url(request), now=gateway.loop.time())
    gateway.connections.add(connection)
    try:
        connection.write([HELLO])
        await _listen(gateway, connection)
    finally:
        gateway.connections.discard(connection)
        gateway.detach(connection)
        await connection.closed()
    return ws


def gateway_url(request: web.BaseRequest) -> str:
    """Where this server's gateway is, as this client reaches it."""
    secure = request.secure or request.headers.get("X-Forwarded-Proto", "") == "https"
    return f"{'wss' if secure else 'ws'}://{request.host}/gateway"


def _check_query(request: web.BaseRequest) -> tuple[CloseCode, bytes] | None:
    if request.query.get("v", str(API_VERSION)) != str(API_VERSION):
        return CloseCode.INVALID_API_VERSION, b"Only version 10 is spoken here."
    if request.query.get("encoding", "json") != "json":
        return CloseCode.DECODE_ERROR, b"Only encoding=json is spoken here."
    return None


async def _listen(gateway: Gateway, connection: Connection) -> None:
    ws = connection.ws
    while True:
        message = await ws.receive()
        if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
            return
        code = await on_payload(gateway, connection, message.data)
        if code is not None:
            await asyncio.shield(connection.close(code, _REASONS.get(code, "")))
            return


_REASONS = {
    CloseCode.UNKNOWN_ERROR: "Something went wrong here: connect again.",
    CloseCode.UNKNOWN_OPCODE: "Unknown opcode.",
    CloseCode.DECODE_ERROR: "Error while decoding payload.",
    CloseCode.NOT_AUTHENTICATED: "Not authenticated.",
    CloseCode.AUTHENTICATION_FAILED: "Authentication failed.",
    CloseCode.ALREADY_AUTHENTICATED: "Already authenticated.",
    CloseCode.INVALID_SEQ: "Invalid seq.",
    CloseCode.RATE_LIMITED: "Rate limited.",
    CloseCode.INVALID_SHARD: "Invalid shard.",
    CloseCode.INVALID_INTENTS: "Invalid intent(s).",
}
