"""A status that stays: set once, shown on every device, after a restart as well; a custom one may end by itself.

The shape is that of Discord's own client, ``/users/@me/settings``, which its description leaves out.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert

from agora.domains.talk.presence.events import SettingsChanged
from agora.domains.talk.presence.service import tell
from agora.domains.talk.presence.state import Custom, Kept, Presences
from agora.domains.talk.presence.tables import setting as s
from agora.domains.talk.reactions import is_emoji
from agora.kernel.app import App
from agora.kernel.clock import iso
from agora.kernel.ctx import Ctx
from agora.kernel.errors import invalid
from agora.kernel.events import Recorded, to_users
from agora.kernel.sql import prepare
from agora.kernel.tx import Tx

_ONE = prepare(select(s).where(s.c.user_id == bindparam("user_id")))
# asyncio's timers are not meant for longer; whoever wishes more looks again then
LONGEST_S = 86_400.0


class CustomPatch(msgspec.Struct, frozen=True):
    """A few words, an emoji, and when they end (ISO 8601); one of the first two is needed."""

    text: Annotated[str, Meta(max_length=128)] | None = None
    emoji_name: str | None = None
    emoji_id: None = None
    expires_at: str | None = None


class SettingsPatch(msgspec.Struct, frozen=True):
    """What changes; what is absent stays."""

    status: Literal["online", "idle", "dnd", "invisible"] | UnsetType = UNSET
    custom_status: CustomPatch | UnsetType | None = UNSET


class Ends:
    """The timers of custom statuses that end by themselves."""

    def __init__(self) -> None:
        self._timers: dict[int, asyncio.TimerHandle] = {}

    def set(self, app: App, user_id: int, at_ms: int | None) -> None:
        """End this user's at ``at_ms`` (UTC milliseconds), and nobody's earlier wish."""
        timer = self._timers.pop(user_id, None)
        if timer is not None:
            timer.cancel()
        if at_ms is not None:
            delay = min(max(0, at_ms - app.clock.now_ms()) / 1000, LONGEST_S)
            self._timers[user_id] = asyncio.get_running_loop().call_later(delay, self._over, app, user_id)

    def cancel_all(self) -> None:
        """The server stops."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _over(self, app: App, user_id: int) -> None:
        self._timers.pop(user_id, None)
        adopt(app, user_id, app.get(Presences).kept(user_id))


def adopt(app: App, user_id: int, kept: Kept, *, status: bool = False) -> None:
    """Show it from now on; ``status``: on all devices that are connected."""
    valid = _valid(kept, app.clock.now_ms())
    if app.get(Presences).adopt(user_id, valid, status=status):
        tell(app, user_id)
    left = valid.custom
    app.get(Ends).set(app, user_id, None if left is None else left.expires_at)


def on_settings(app: App, recorded: Recorded) -> None:
    """Live: memory follows the table."""
    event = recorded.event
    assert isinstance(event, SettingsChanged)
    adopt(app, event.user_id, event.kept, status=event.status_told)


async def change_settings(ctx: Ctx, patch: SettingsPatch) -> dict[str, Any]:
    """Change the actor's own; returns the whole object."""
    custom = patch.custom_status
    if isinstance(custom, CustomPatch) and custom.emoji_name and not is_emoji(custom.emoji_name):
        raise invalid("custom_status.emoji_name", "This is not a Unicode emoji.", "INVALID_EMOJI")
    return build_settings(await ctx.write(do_change, ctx.actor.user_id, patch), ctx.app.clock.now_ms())


def do_change(tx: Tx, user_id: int, patch: SettingsPatch) -> Kept:
    """Write it; the user's other devices hear of it."""
    kept = find_kept(tx, user_id)
    if patch.status is not UNSET:
        kept = msgspec.structs.replace(kept, status=patch.status)
    if patch.custom_status is not UNSET:
        kept = msgspec.structs.replace(kept, custom=_custom(patch.custom_status, tx.now_ms))
    custom = kept.custom or Custom()
    row = {"status": kept.status, "set_at": custom.set_at or tx.now_ms}
    row |= {name: getattr(custom, name) for name in ("text", "emoji", "expires_at")}
    statement = insert(s).values(user_id=user_id, **row)
    tx.execute(statement.on_conflict_do_update(index_elements=[s.c.user_id], set_=row))
    event = SettingsChanged(user_id=user_id, kept=kept, status_told=patch.status is not UNSET)
    tx.emit(event, to_users(user_id))
    return kept


def _custom(patch: CustomPatch | None, now_ms: int) -> Custom | None:
    if patch is None:
        return None
    text, emoji = (patch.text or "").strip() or None, patch.emoji_name or None
    return Custom(text, emoji, now_ms, _milliseconds(patch.expires_at)) if text or emoji else None


def _milliseconds(text: str | None) -> int | None:
    try:
        return None if text is None else int(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise invalid("custom_status.expires_at", "This is not an ISO 8601 time.", "DATE_TIME_TYPE_PARSE") from None


def _valid(kept: Kept, now_ms: int) -> Kept:
    custom = kept.custom
    over = custom is not None and custom.expires_at is not None and custom.expires_at <= now_ms
    return Kept(kept.status) if over else kept


def find_kept(tx: Tx, user_id: int) -> Kept:
    """How somebody wishes to be seen."""
    row = tx.row(_ONE, user_id=user_id)
    return Kept() if row is None else _kept(row)


def list_kept(tx: Tx) -> dict[int, Kept]:
    """Everybody who ever said so."""
    return {row.user_id: _kept(row) for row in tx.execute(select(s))}


def _kept(row: Any) -> Kept:
    custom = Custom(row.text, row.emoji, row.set_at, row.expires_at) if row.text or row.emoji else None
    return Kept(row.status, custom)


def build_settings(kept: Kept, now_ms: int) -> dict[str, Any]:
    """The object of ``/users/@me/settings``, of READY, and of USER_SETTINGS_UPDATE."""
    custom = _valid(kept, now_ms).custom
    if custom is None:
        return {"status": kept.status, "custom_status": None}
    end = None if custom.expires_at is None else iso(custom.expires_at)
    return {
        "status": kept.status,
        "custom_status": {"text": custom.text, "emoji_id": None, "emoji_name": custom.emoji, "expires_at": end},
    }


async def own_settings(ctx: Ctx) -> dict[str, Any]:
    """The actor's: READY's ``user_settings``."""
    return build_settings(ctx.app.get(Presences).kept(ctx.actor.user_id), ctx.app.clock.now_ms())
