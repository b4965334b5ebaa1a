"""Use cases: set a status, show that somebody types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agora.domains.place.permissions import Directory
from agora.domains.talk.messages import check_place
from agora.domains.talk.presence.state import INTERNAL, Presences, Shown
from agora.domains.talk.presence.wire import build_presence, build_typing
from agora.kernel.app import App
from agora.kernel.bus import Whisper
from agora.kernel.ctx import Ctx
from agora.kernel.events import to_channel, to_guild
from agora.kernel.http import encode
from agora.protocol.intents import Intent
from agora.protocol.permissions import Permission

_SEND = int(Permission.SEND_MESSAGES)
MAX_ACTIVITIES = 8


async def start_typing(ctx: Ctx, channel_id: int) -> None:
    """Tell everybody in the channel that the actor writes; clients show it for some ten seconds."""
    channel = check_place(ctx, channel_id, _SEND).channel
    private = channel.guild_id is None
    ctx.app.bus.whisper(
        Whisper(
            name="TYPING_START",
            body=encode(build_typing(ctx.app, channel, ctx.actor.user_id, ctx.app.clock.now_ms())),
            audience=to_channel(channel_id),
            intent=int(Intent.DIRECT_MESSAGE_TYPING if private else Intent.GUILD_MESSAGE_TYPING),
        )
    )


def set_presence(app: App, user_id: int, status: str, activities: Sequence[dict[str, Any]] = ()) -> None:
    """How an agent is seen; agents have no gateway session. ``offline`` ends it."""
    presences = app.get(Presences)
    if status == "offline":
        changed = presences.drop(user_id, INTERNAL)
    else:
        changed = presences.put(user_id, INTERNAL, Shown(status, tuple(activities)))
    if changed:
        tell(app, user_id)


def tell(app: App, user_id: int) -> None:
    """Whisper a user's presence to every guild they belong to."""
    shown = app.get(Presences).shown(user_id)
    for guild_id in app.get(Directory).guilds_of(user_id):
        app.bus.whisper(
            Whisper(
                name="PRESENCE_UPDATE",
                body=encode(build_presence(user_id, shown, guild_id)),
                audience=to_guild(guild_id),
                intent=int(Intent.GUILD_PRESENCES),
            )
        )
