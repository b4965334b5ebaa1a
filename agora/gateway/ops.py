"""What a client sends: from the bytes of one payload to the operation, with Discord's close codes for what is wrong."""

from __future__ import annotations

import logging

import msgspec

from agora.gateway.connection import Connection
from agora.gateway.gateway import Gateway
from agora.gateway.identify import on_identify, on_resume
from agora.gateway.limits import MAX_PAYLOAD
from agora.kernel.errors import AgoraError
from agora.protocol.close_codes import CloseCode
from agora.protocol.gateway_payloads import ClientPayload, Identify, Resume
from agora.protocol.opcodes import Op

log = logging.getLogger(__name__)

HEARTBEAT_ACK = b'{"op":11,"d":null,"s":null,"t":null}'
_PAYLOAD = msgspec.json.Decoder(ClientPayload)
_IDENTIFY = msgspec.json.Decoder(Identify)
_RESUME = msgspec.json.Decoder(Resume)
# Operations a client may send although no domain answers them (voice): they are ignored.
_KNOWN = frozenset({Op.PRESENCE_UPDATE, Op.VOICE_STATE_UPDATE, Op.REQUEST_GUILD_MEMBERS, Op.REQUEST_SOUNDBOARD_SOUNDS})


async def on_payload(gateway: Gateway, connection: Connection, data: bytes) -> CloseCode | None:
    """Carry out one payload. Returns the code to close with, or None to go on."""
    if len(data) > MAX_PAYLOAD:
        return CloseCode.DECODE_ERROR
    now = gateway.loop.time()
    if not connection.take(now):
        return CloseCode.RATE_LIMITED
    try:
        payload = _PAYLOAD.decode(data)
        return await _carry_out(gateway, connection, payload, now)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return CloseCode.DECODE_ERROR


async def _carry_out(gateway: Gateway, connection: Connection, payload: ClientPayload, now: float) -> CloseCode | None:
    op = payload.op
    if op == Op.HEARTBEAT:
        connection.heard_at = now
        connection.write([HEARTBEAT_ACK])
        return None
    if op in (Op.IDENTIFY, Op.RESUME):
        if connection.session is not None:
            return CloseCode.ALREADY_AUTHENTICATED
        connection.heard_at = now
        if op == Op.IDENTIFY:
            return await on_identify(gateway, connection, _IDENTIFY.decode(payload.d))
        return await on_resume(gateway, connection, _RESUME.decode(payload.d))
    if op not in _KNOWN and op not in gateway.ops:
        return CloseCode.UNKNOWN_OPCODE
    if connection.session is None:
        return CloseCode.NOT_AUTHENTICATED
    return await _offered(gateway, connection, payload)


async def _offered(gateway: Gateway, connection: Connection, payload: ClientPayload) -> CloseCode | None:
    offer = gateway.ops.get(payload.op)
    session = connection.session
    if offer is None or session is None:
        return None
    data = msgspec.json.decode(payload.d, type=offer.body)
    try:
        await offer.handle(gateway.context(session, connection.locale), session, data)
    except AgoraError as error:
        log.info("operation %d of user %d refused: %s", payload.op, session.user_id, error.message)
    except Exception:
        log.exception("operation %d of user %d failed", payload.op, session.user_id)
        return CloseCode.UNKNOWN_ERROR
    return None
