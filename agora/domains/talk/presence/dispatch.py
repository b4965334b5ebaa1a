"""What gateway clients hear of presence beside the whispers: a newcomer's, and everybody's after a restart."""

from __future__ import annotations

from collections.abc import Sequence

from agora.domains.place.guilds.events import MemberJoined
from agora.domains.place.permissions import Directory
from agora.domains.talk.presence.events import SettingsChanged
from agora.domains.talk.presence.kept import build_settings, own_settings
from agora.domains.talk.presence.state import OFFLINE, Presences
from agora.domains.talk.presence.wire import build_presence
from agora.gateway.ports import Dispatch, ReadyPart, Refresh
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.kernel.events import Recorded
from agora.kernel.http import encode
from agora.protocol.intents import Intent

# In larger communities GUILD_CREATE lists only some members (Discord's largest large_threshold).
LARGE = 250


def _joined(app: App, recorded: Recorded) -> bytes | None:
    event = recorded.event
    assert isinstance(event, MemberJoined)
    shown = app.get(Presences).shown(event.member.user_id)
    return None if shown is OFFLINE else encode(build_presence(event.member.user_id, shown, event.guild_id))


async def _everybody(ctx: Ctx) -> Sequence[tuple[str, bytes]]:
    """Who is there now and who is not, in the reader's guilds; of a large one only who is there, as GUILD_CREATE tells."""
    directory, presences = ctx.app.get(Directory), ctx.app.get(Presences)
    told = []
    for guild_id in directory.guilds_of(ctx.actor.user_id):
        members = directory.members(guild_id)
        for user_id in members if len(members) <= LARGE else members.intersection(presences.online()):
            body = encode(build_presence(user_id, presences.shown(user_id), guild_id))
            told.append(("PRESENCE_UPDATE", body))
    return told


def _settings(app: App, recorded: Recorded) -> bytes:
    event = recorded.event
    assert isinstance(event, SettingsChanged)
    return encode(build_settings(event.kept, recorded.at))


ALL = (
    Dispatch(event=SettingsChanged, name="USER_SETTINGS_UPDATE", payload=_settings),
    ReadyPart(key="user_settings", build=own_settings),
    Dispatch(event=MemberJoined, name="PRESENCE_UPDATE", payload=_joined, intent=int(Intent.GUILD_PRESENCES)),
    Refresh(build=_everybody, intent=int(Intent.GUILD_PRESENCES)),
)
