"""Presence: who is online, idle or busy, and who is typing. Only what somebody wishes is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agora.domains.place.guilds import Attendance
from agora.domains.talk.presence import dispatch, events, http, migrations, tables
from agora.domains.talk.presence.kept import Ends, adopt, list_kept, on_settings
from agora.domains.talk.presence.sessions import (
    Leaving,
    count_here,
    list_presences,
    on_closed,
    on_opened,
    on_presence_update,
)
from agora.domains.talk.presence.settings import PresenceSettings
from agora.domains.talk.presence.state import Presences
from agora.gateway.ports import ClientOp, GuildPart, SessionWatch
from agora.kernel.app import App
from agora.kernel.domain import Domain, live
from agora.protocol.gateway_payloads import PresenceUpdate
from agora.protocol.opcodes import Op

USES = ("permissions", "guilds", "messages", "reactions")


async def open_presence(app: App) -> AsyncIterator[None]:
    """Nobody is there at start; what each wishes is known."""
    ends = Ends()
    app.put(Presences, Presences())
    app.put(Ends, ends)
    for user_id, kept in (await app.db.read(list_kept)).items():
        adopt(app, user_id, kept)
    leaving = Leaving()
    app.put(Leaving, leaving)
    yield
    leaving.cancel_all()
    ends.cancel_all()


DOMAIN = Domain(
    name="presence",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    settings={"presence": PresenceSettings},
    listeners=(live(events.SettingsChanged, on_settings),),
    offers=(
        SessionWatch(opened=on_opened, closed=on_closed),
        ClientOp(op=int(Op.PRESENCE_UPDATE), body=PresenceUpdate, handle=on_presence_update),
        GuildPart(key="presences", build=list_presences),
        Attendance(count_here),
        *dispatch.ALL,
    ),
    lifetime=open_presence,
)
