"""What gateway clients hear of a newcomer who is already online."""

from __future__ import annotations

from agora.domains.place.guilds.events import MemberJoined
from agora.domains.talk.presence.state import OFFLINE, Presences
from agora.domains.talk.presence.wire import build_presence
from agora.gateway.ports import Dispatch
from agora.kernel.app import App
from agora.kernel.events import Recorded
from agora.kernel.http import encode
from agora.protocol.intents import Intent


def _joined(app: App, recorded: Recorded) -> bytes | None:
    event = recorded.event
    assert isinstance(event, MemberJoined)
    shown = app.get(Presences).shown(event.member.user_id)
    return None if shown is OFFLINE else encode(build_presence(event.member.user_id, shown, event.guild_id))


ALL = (Dispatch(event=MemberJoined, name="PRESENCE_UPDATE", payload=_joined, intent=int(Intent.GUILD_PRESENCES)),)
