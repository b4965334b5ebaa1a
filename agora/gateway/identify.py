"""Operations 2 and 6: begin a session, or go on with one."""

from __future__ import annotations

import logging

from agora.gateway.connection import Connection
from agora.gateway.gateway import Gateway
from agora.gateway.journal import Kept, new_session_id
from agora.gateway.outgoing import Outgoing
from agora.kernel.auth import Actor, Authenticator
from agora.kernel.ctx import Ctx
from agora.protocol.close_codes import CloseCode
from agora.protocol.gateway_payloads import Identify, Resume
from agora.protocol.intents import is_valid

log = logging.getLogger(__name__)
INVALID_SESSION = b'{"op":9,"d":false,"s":null,"t":null}'


async def on_identify(gateway: Gateway, connection: Connection, body: Identify) -> CloseCode | None:
    """Begin: READY and a GUILD_CREATE for each guild, in one piece with what happens while they are built.

    Returns the code to close with when it is refused.
    """
    shard_id, shards = body.shard
    if not (0 <= shard_id < shards <= 0xFFFF):
        return CloseCode.INVALID_SHARD
    if not is_valid(body.intents):
        return CloseCode.INVALID_INTENTS
    actor = await _actor(gateway, body.token)
    if actor is None:
        return CloseCode.AUTHENTICATION_FAILED
    kept = Kept(
        slot=0,
        session_id=new_session_id(),
        user_id=actor.user_id,
        credential_id=actor.credential_id,
        intents=body.intents,
        shard=body.shard,
        last=0,
        held=True,
    )
    connection.locale = actor.locale
    session, promise = gateway.begin(kept, connection)
    ctx = Ctx(app=gateway.app, actor=actor, locale=actor.locale)
    try:
        items = await gateway.introducer.build(ctx, session, connection.url)
    except Exception:
        log.exception("could not build READY for user %d", actor.user_id)
        gateway.drop(session)
        return CloseCode.UNKNOWN_ERROR
    if session.connection is not connection:
        gateway.drop(session)  # gone before READY: there is nothing to resume
        return None
    gateway.introduce(session, promise, items)
    presence = bytes(body.presence)
    gateway.announce(connection, presence if presence != b"null" else None)
    return None


async def on_resume(gateway: Gateway, connection: Connection, body: Resume) -> CloseCode | None:
    """Go on: everything missed, then RESUMED. Where that cannot be exact, operation 9: the client identifies again."""
    actor = await _actor(gateway, body.token)
    if actor is None:
        return CloseCode.AUTHENTICATION_FAILED
    session = gateway.registry.find(body.session_id)
    if session is None or session.user_id != actor.user_id:
        connection.write([INVALID_SESSION])
        return None
    seen = body.seq or 0
    if not 0 <= seen <= session.ring.last:
        gateway.drop(session)  # else a client that does not forget would try this forever
        return CloseCode.INVALID_SEQ
    gateway.displace(session)
    if not await gateway.replay.restore(session, seen) or gateway.registry.find(body.session_id) is not session:
        gateway.drop(session)
        connection.write([INVALID_SESSION])
        return None
    gateway.attach(session, connection, seen)
    session.push(Outgoing("RESUMED", b"{}"))
    gateway.announce(connection, None)
    if session.stale:
        gateway.refresh_later(session)
    return None


async def _actor(gateway: Gateway, token: str) -> Actor | None:
    authenticator: Authenticator = gateway.app.get(Authenticator)
    return await authenticator.from_header(token.strip())
