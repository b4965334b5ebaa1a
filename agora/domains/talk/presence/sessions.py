"""From gateway sessions to presence: who connects is online, who is gone for a while is offline."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from agora.domains.place.permissions import Directory
from agora.domains.talk.presence.service import MAX_ACTIVITIES, tell
from agora.domains.talk.presence.settings import PresenceSettings
from agora.domains.talk.presence.state import CUSTOM, OFFLINE, Presences, Shown
from agora.domains.talk.presence.wire import build_presence
from agora.domains.talk.reactions import is_emoji
from agora.gateway.ports import ClientSession
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.kernel.errors import invalid
from agora.protocol.gateway_payloads import PresenceUpdate
from agora.protocol.payloads import Presence

STATUSES = frozenset({"online", "idle", "dnd", "invisible", "offline"})
_PRESENCE = msgspec.json.Decoder(PresenceUpdate | None)


class Leaving:
    """Sessions that are gone but may come back in a moment."""

    def __init__(self) -> None:
        self.timers: dict[str, asyncio.TimerHandle] = {}

    def cancel(self, session_id: str) -> None:
        """The session is back."""
        timer = self.timers.pop(session_id, None)
        if timer is not None:
            timer.cancel()

    def cancel_all(self) -> None:
        """The server stops."""
        for timer in self.timers.values():
            timer.cancel()
        self.timers.clear()


def on_opened(app: App, session: ClientSession, presence: bytes | None) -> None:
    """A client connects, or resumes."""
    app.get(Leaving).cancel(session.session_id)
    presences = app.get(Presences)
    wish = _wish(_decode(presence))
    if wish is None:
        changed = presences.keep(session.user_id, session.session_id)
    else:
        changed = presences.put(session.user_id, session.session_id, wish)
    if changed:
        tell(app, session.user_id)


def on_closed(app: App, session: ClientSession) -> None:
    """A client is gone: wait a little before anybody is told."""
    leaving = app.get(Leaving)
    leaving.cancel(session.session_id)
    delay = app.config.get(PresenceSettings).offline_after_s
    loop = asyncio.get_running_loop()
    leaving.timers[session.session_id] = loop.call_later(delay, _left, app, session.user_id, session.session_id)


def _left(app: App, user_id: int, session_id: str) -> None:
    app.get(Leaving).timers.pop(session_id, None)
    if app.get(Presences).drop(user_id, session_id):
        tell(app, user_id)


async def on_presence_update(ctx: Ctx, session: ClientSession, data: PresenceUpdate) -> None:
    """Gateway operation 3."""
    wish = _wish(data)
    if wish is None:
        raise invalid("status", f"Must be one of {', '.join(sorted(STATUSES))}.")
    if ctx.app.get(Presences).put(session.user_id, session.session_id, wish):
        tell(ctx.app, session.user_id)


async def list_presences(ctx: Ctx, guild_id: int) -> list[Presence]:
    """The members of a guild who are not offline: a part of GUILD_CREATE."""
    presences = ctx.app.get(Presences)
    members = ctx.app.get(Directory).members(guild_id)
    return [
        build_presence(user_id, shown)
        for user_id in presences.online()
        if user_id in members and (shown := presences.shown(user_id)) is not OFFLINE
    ]


def count_here(app: App, guild_id: int) -> int:
    """How many members of a guild are not offline."""
    members = app.get(Directory).members(guild_id)
    return sum(user_id in members for user_id in app.get(Presences).online())


def _decode(presence: bytes | None) -> PresenceUpdate | None:
    try:
        return None if presence is None else _PRESENCE.decode(presence)
    except msgspec.MsgspecError:
        return None  # a client with a strange presence is simply online


def _wish(data: PresenceUpdate | None) -> Shown | None:
    if data is None or data.status not in STATUSES:
        return None
    return Shown(data.status, tuple(_activity(each) for each in data.activities[:MAX_ACTIVITIES]))


def _activity(raw: dict[str, Any]) -> dict[str, Any]:
    """Only what Discord lets clients set; long texts are cut."""
    kept: dict[str, Any] = {"name": str(raw.get("name") or "")[:128], "type": raw.get("type", 0)}
    if not isinstance(kept["type"], int):
        kept["type"] = 0
    for key in ("state", "url"):
        if isinstance(raw.get(key), str):
            kept[key] = raw[key][:128]
    emoji = raw.get("emoji")
    if kept["type"] == CUSTOM and isinstance(emoji, dict) and is_emoji(str(emoji.get("name"))):
        kept["emoji"] = {"name": emoji["name"]}
    return kept
