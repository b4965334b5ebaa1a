"""Presence: who is online, idle or busy, and who is typing. Nothing of it is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agora.domains.talk.presence import dispatch, http
from agora.domains.talk.presence.sessions import (
    Leaving,
    list_presences,
    on_closed,
    on_opened,
    on_presence_update,
)
from agora.domains.talk.presence.settings import PresenceSettings
from agora.domains.talk.presence.state import Presences
from agora.gateway.ports import ClientOp, GuildPart, SessionWatch
from agora.kernel.app import App
from agora.kernel.domain import Domain
from agora.protocol.gateway_payloads import PresenceUpdate
from agora.protocol.opcodes import Op

USES = ("permissions", "guilds", "messages")


async def open_presence(app: App) -> AsyncIterator[None]:
    """Nobody is there at start."""
    app.put(Presences, Presences())
    leaving = Leaving()
    app.put(Leaving, leaving)
    yield
    leaving.cancel_all()


DOMAIN = Domain(
    name="presence",
    routes=http.ROUTES,
    settings={"presence": PresenceSettings},
    offers=(
        SessionWatch(opened=on_opened, closed=on_closed),
        ClientOp(op=int(Op.PRESENCE_UPDATE), body=PresenceUpdate, handle=on_presence_update),
        GuildPart(key="presences", build=list_presences),
        *dispatch.ALL,
    ),
    lifetime=open_presence,
)
