"""What presence does when something happened elsewhere."""

from __future__ import annotations

import asyncio

from agora.domains.place.guilds import MemberJoined
from agora.domains.talk.presence.service import tell_guild
from agora.domains.talk.presence.state import OFFLINE, Presences
from agora.kernel.app import App
from agora.kernel.events import Recorded


def on_member_joined(app: App, recorded: Recorded) -> None:
    """Show the others that somebody who just joined is here."""
    event = recorded.event
    assert isinstance(event, MemberJoined)
    user_id = event.member.user_id
    if app.get(Presences).shown(user_id) is not OFFLINE:
        # after the gateway has told of the new member: a presence of a stranger is ignored
        asyncio.get_running_loop().call_soon(tell_guild, app, user_id, event.guild_id)
